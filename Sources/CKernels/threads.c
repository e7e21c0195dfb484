#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "eb_threads.h"

// Rounds of looking for work before a worker sleeps: some tens of microseconds, longer than the gap between two
// operators of one inference and shorter than a scheduler's slice.
#define SPINS 20000

struct eb_pool {
  // What is to be done; written before `generation` is raised.
  eb_task task;
  const void *argument;
  size_t count;
  _Alignas(64) atomic_size_t next;      // the first index that nobody has taken
  _Alignas(64) atomic_uint generation;  // raised for each piece of work
  _Alignas(64) atomic_uint running;     // workers that have not finished this piece
  atomic_uint sleepers;                 // threads in, or about to enter, a futex wait
  atomic_bool is_ending;
  uint32_t workers;
  pthread_t threads[EB_MAX_THREADS];
};

typedef struct {
  eb_pool *pool;
  uint32_t number;
} start_argument;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

// Spins, then sleeps, while *word is `value`. Returns what it is then.
//
// The sleeper counts itself before it looks at the word a last time, and whoever changes the word looks at the count
// afterwards, both sequentially consistent: one of them sees the other. The kernel compares the word again.
static unsigned wait_for_change(eb_pool *pool, atomic_uint *word, unsigned value) {
  for (int i = 0; i < SPINS; i++) {
    unsigned now = atomic_load_explicit(word, memory_order_acquire);
    if (now != value) return now;
    pause_briefly();
  }
  atomic_fetch_add(&pool->sleepers, 1);
  unsigned now;
  while ((now = atomic_load(word)) == value) {
    syscall(SYS_futex, (uint32_t *)word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
  }
  atomic_fetch_sub(&pool->sleepers, 1);
  return now;
}

static void wake_sleepers(eb_pool *pool, atomic_uint *word) {
  if (atomic_load(&pool->sleepers) != 0) {
    syscall(SYS_futex, (uint32_t *)word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
  }
}

static void take_shares(eb_pool *pool, uint32_t worker) {
  for (;;) {
    size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (index >= pool->count) return;
    pool->task(pool->argument, index, worker);
  }
}

static void *work(void *start) {
  eb_pool *pool = ((start_argument *)start)->pool;
  uint32_t number = ((start_argument *)start)->number;
  free(start);
  unsigned seen = 0;
  for (;;) {
    seen = wait_for_change(pool, &pool->generation, seen);
    if (atomic_load_explicit(&pool->is_ending, memory_order_relaxed)) return NULL;
    take_shares(pool, number);
    if (atomic_fetch_sub(&pool->running, 1) == 1) wake_sleepers(pool, &pool->running);
  }
}

eb_pool *eb_pool_create(uint32_t threads) {
  if (threads < 2 || threads > EB_MAX_THREADS) return NULL;
  eb_pool *pool = aligned_alloc(64, (sizeof(eb_pool) + 63) / 64 * 64);
  if (pool == NULL) return NULL;
  *pool = (eb_pool){.task = NULL};
  for (uint32_t number = 1; number < threads; number++) {
    start_argument *start = malloc(sizeof *start);
    if (start != NULL) *start = (start_argument){pool, number};
    if (start == NULL || pthread_create(&pool->threads[pool->workers], NULL, work, start) != 0) {
      free(start);
      eb_pool_destroy(pool);
      return NULL;
    }
    pool->workers++;
  }
  return pool;
}

static void publish(eb_pool *pool) {
  atomic_fetch_add(&pool->generation, 1);
  wake_sleepers(pool, &pool->generation);
}

void eb_pool_destroy(eb_pool *pool) {
  if (pool == NULL) return;
  atomic_store_explicit(&pool->is_ending, true, memory_order_relaxed);
  publish(pool);
  for (uint32_t i = 0; i < pool->workers; i++) pthread_join(pool->threads[i], NULL);
  free(pool);
}

void eb_parallel(const eb_context *context, size_t count, eb_task task, const void *argument) {
  eb_pool *pool = context->pool;
  if (pool == NULL || count < 2) {
    for (size_t index = 0; index < count; index++) task(argument, index, 0);
    return;
  }
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->running, pool->workers, memory_order_relaxed);
  publish(pool);
  take_shares(pool, 0);
  for (unsigned left = pool->workers; left != 0;) {
    left = atomic_load_explicit(&pool->running, memory_order_acquire);
    if (left != 0) left = wait_for_change(pool, &pool->running, left);
  }
}
