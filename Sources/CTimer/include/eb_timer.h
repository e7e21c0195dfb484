// The clock of one repeated call: what the timer library, Google Benchmark behind a C function, offers the agent.
//
// It is a library of its own, opened when samples are to be taken and not before: it and the C++ library take some
// 2 MiB and a millisecond, which a model on a board does not need.
#ifndef EB_TIMER_H
#define EB_TIMER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Work. Anything but 0 ends the run, which then returns that value.
typedef int (*eb_timer_call)(void *context);

// Times `count` calls of `call`, each alone and after an untimed call of `prepare` (NULL: none), and stores each wall
// time in `samples_ns[0 ..< count]`, in the order measured. Returns 0, the call's own nonzero value, or
// EB_TIMER_FAILED where Google Benchmark gave no such samples.
//
// Nothing is printed. Heap use grows with `count` (about 600 bytes a sample until the call returns): ask for at most
// EB_TIMER_MAX_BATCH at a time.
typedef int (*eb_timer_run)(eb_timer_call prepare, eb_timer_call call, void *context, size_t count,
                            int64_t *samples_ns);

#define EB_TIMER_MAX_BATCH 64
#define EB_TIMER_FAILED (-1)

// The library's file and its function, an eb_timer_run.
#define EB_TIMER_LIBRARY "libedgebench-timer.so"
#define EB_TIMER_FUNCTION "eb_timer_run_benchmark"

// Opens the timer library at `path`, or at EB_TIMER_LIBRARY beside this program where `path` is NULL. The library stays
// open until the program ends.
//
// Returns NULL and sets *run, or says in one line why not: the file, what was found, and what to do. The line is valid
// until the next call. *out_of_memory is set where the system gave no memory for it.
const char *eb_timer_open(const char *path, eb_timer_run *run, int *out_of_memory);

#ifdef __cplusplus
}
#endif

#endif
