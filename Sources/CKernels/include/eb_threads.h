// A pool of threads that share one operator's work.
//
// Operators take tens of microseconds, so handing out work has to cost less than one: workers spin for a while
// before they sleep, and take the next index with one atomic addition.
#ifndef EB_THREADS_H
#define EB_THREADS_H

#include <stddef.h>
#include <stdint.h>

#include "eb_operators.h"

#define EB_MAX_THREADS 64u

typedef struct eb_pool eb_pool;

// Starts `threads - 1` threads; the caller of eb_parallel is the last one. NULL where the system gives no memory or
// no threads, or `threads` is not in 2 ... EB_MAX_THREADS. The threads run on the cores that this one may run on.
eb_pool *eb_pool_create(uint32_t threads);
// Ends the threads. NULL is allowed.
void eb_pool_destroy(eb_pool *pool);

// One share of the work: `index` in 0 ..< count. `worker` in 0 ..< threads tells which thread runs it: its part of the
// scratch memory.
typedef void (*eb_task)(const void *argument, size_t index, uint32_t worker);

// Calls `task` once for each index, on the context's threads where it has a pool, and returns when all are done.
// Which thread takes which index is not determined, so a task's result must not depend on it. Not reentrant.
void eb_parallel(const eb_context *context, size_t count, eb_task task, const void *argument);

#endif
