// Google Benchmark as the clock of one repeated call: a C interface for the agent's only timed loop.
#ifndef EB_GOOGLE_BENCHMARK_H
#define EB_GOOGLE_BENCHMARK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Work. Anything but 0 ends the run, which then returns that value.
typedef int (*eb_benchmark_call)(void *context);

// Times `count` calls of `call`, each alone and after an untimed call of `prepare` (NULL: none), and stores each wall
// time in `samples_ns[0 ..< count]`, in the order measured. Returns 0, the call's own nonzero value, or
// EB_BENCHMARK_FAILED where Google Benchmark gave no such samples.
//
// Nothing is printed. Heap use grows with `count` (about 600 bytes a sample until the call returns): ask for at most
// EB_BENCHMARK_MAX_BATCH at a time.
int eb_benchmark_run(eb_benchmark_call prepare, eb_benchmark_call call, void *context, size_t count,
                     int64_t *samples_ns);

#define EB_BENCHMARK_MAX_BATCH 64
#define EB_BENCHMARK_FAILED (-1)

#ifdef __cplusplus
}
#endif

#endif
