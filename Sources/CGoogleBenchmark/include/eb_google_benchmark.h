// Google Benchmark as the agent's timer: the one function of the library libedgebench-timer.so.
#ifndef EB_GOOGLE_BENCHMARK_H
#define EB_GOOGLE_BENCHMARK_H

#include <stddef.h>
#include <stdint.h>

#include "eb_timer.h"

#ifdef __cplusplus
extern "C" {
#endif

// An eb_timer_run: see there.
int eb_timer_run_benchmark(eb_timer_call prepare, eb_timer_call call, void *context, size_t count, int64_t *samples_ns);

#ifdef __cplusplus
}
#endif

#endif
