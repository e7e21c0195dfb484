// A pool of threads that share one operator's work.
//
// Operators take tens of microseconds, so handing out work has to cost less than one: workers spin for a while
// before they sleep, and each takes its own shares from a counter on a cache line of its own, then what others have
// left. Nobody waits for a worker that has taken no share, so one that the scheduler holds back delays nothing.
#ifndef EB_THREADS_H
#define EB_THREADS_H

#include <stddef.h>
#include <stdint.h>

#include "eb_operators.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EB_MAX_THREADS 64u
// More than one, so that a thread that was held back is made up for.
#define EB_SHARES_A_THREAD 2u
#define EB_MAX_SHARES (EB_SHARES_A_THREAD * EB_MAX_THREADS)

typedef struct eb_pool eb_pool;

// Starts `threads - 1` threads; the caller of eb_parallel is the last one. `scratch_bytes` is the largest scratch of
// any operator that will run: each thread gets its own. NULL where the system gives no memory or no threads, or
// `threads` is not in 2 ... EB_MAX_THREADS. Each is bound to a core of its own of those that the caller
// may run on, if there are `threads` of them, and makes way where the caller comes to its core.
eb_pool *eb_pool_create(uint32_t threads, size_t scratch_bytes);
// For tests: work is shared however small it is.
void eb_pool_share_always(eb_pool *pool);
// Around each inference, NULL allowed: at first, and again after some thousands, a few inferences share small operators
// too, large ones only, or none, and the fastest way is kept. Threads on cores that share no cache, or that other
// programs keep busy, can be slower than one. Results do not depend on it.
void eb_pool_begin_inference(eb_pool *pool);
void eb_pool_end_inference(eb_pool *pool);
// Ends the threads. NULL is allowed.
void eb_pool_destroy(eb_pool *pool);

// One share of the work: `index` in 0 ..< count. `worker` in 0 ..< threads tells which thread runs it.
typedef void (*eb_task)(const void *argument, uint32_t index, uint32_t worker);

// Calls `task` once for each index, on the context's threads where it has a pool, and returns when all are done.
// More than EB_MAX_SHARES run on the calling thread. Which thread takes which index is not determined, so a task's
// result must not depend on it. Not reentrant.
void eb_parallel(const eb_context *context, uint32_t count, eb_task task, const void *argument);

// What an operator has to do, in steps of about a nanosecond on one core of Zen 4, which does 38 to 48 f32 and 110 to
// 150 int8 multiplications in it, and 45 to 60 of either where each input is used a few times only. Slower cores are
// slower throughout: only whether sharing pays depends on it.
enum { EB_F32_MACS_PER_STEP = 40, EB_QS8_MACS_PER_STEP = 128, EB_FEW_MACS_PER_STEP = 48, EB_BYTES_PER_STEP = 32 };

// How many shares to cut an operator's work into: 1 where there is no pool or more would not pay, never more than
// `units`, the parts that it can be cut into.
uint32_t eb_shares(const eb_context *context, uint64_t units, uint64_t steps);

// The scratch that `worker` may write to: `own`, the operator's operand, for the caller.
void *eb_worker_scratch(const eb_context *context, uint32_t worker, void *own);

// Units [first, end) of share `index` of `count`.
typedef struct {
  uint64_t first, end;
} eb_span;

static inline eb_span eb_span_of(uint64_t units, uint32_t index, uint32_t count) {
  uint64_t each = units / count, longer = units % count;  // the first `longer` shares have one more
  uint64_t first = index * each + (index < longer ? index : longer);
  return (eb_span){first, first + each + (index < longer)};
}

// Elements are shared in whole runs of this many, so that vectors begin where they do in one thread.
enum { EB_ELEMENTS_A_UNIT = 256 };

static inline uint64_t eb_element_units(uint64_t count) {
  return count / EB_ELEMENTS_A_UNIT + (count % EB_ELEMENTS_A_UNIT != 0);
}

// Elements [first, end) of share `index` of `shares` <= eb_element_units(count); of the one share of none.
static inline eb_span eb_element_span_of(uint64_t count, uint32_t index, uint32_t shares) {
  eb_span units = eb_span_of(eb_element_units(count), index, shares);
  uint64_t end = units.end * EB_ELEMENTS_A_UNIT;
  return (eb_span){units.first * EB_ELEMENTS_A_UNIT, end < count ? end : count};
}

#ifdef __cplusplus
}
#endif

#endif
