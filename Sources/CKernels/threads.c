#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "eb_threads.h"

enum {
  // A thread looks for work as long before it sleeps: longer than the gap between two operators of one inference,
  // shorter than a scheduler's slice.
  spin_ns = 100 * 1000,
  spins_a_look = 32,  // pauses between two looks at the clock, which takes some tens of nanoseconds
  // A share must be worth it. 1x1 and depthwise convolutions of 32 channels in two shares, f32 and int8, on two
  // threads and on one in turns, on Zen 4: two threads break even where one takes 1.5 to 2 us, and are faster
  // wherever it takes 4 us, so a share is worth it from 2 us on.
  fewest_steps = 2000,
  // Shares a thread, so that one that was held back is made up for.
  shares_a_thread = 4,
  // Kernels keep a few kilobytes on the stack. The default of 8 MiB would count where address space is limited.
  stack_bytes = 256 * 1024,
};

// In place of a number of shares: the threads end.
#define ENDING UINT32_MAX

// A word that threads wait on, and how many sleep or are about to.
typedef struct {
  _Alignas(64) atomic_uint value;
  atomic_uint sleepers;
} signal_word;

typedef struct {
  eb_pool *pool;
  uint32_t number;
  pthread_t thread;
} worker;

struct eb_pool {
  // What is to be done; written while nobody has a share, read by those who have one.
  eb_task task;
  const void *argument;
  uint32_t count;
  signal_word left;        // shares that nobody has taken
  signal_word unfinished;  // shares that are not done
  uint32_t workers;
  uint64_t fewest_steps;
  size_t scratch_bytes;  // each
  unsigned char *scratch;
  worker members[EB_MAX_THREADS];
};

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Spins, then sleeps, while the word is `value`. Returns what it is then.
//
// The sleeper counts itself before it looks at the word a last time, and whoever changes the word looks at the count
// afterwards, all sequentially consistent: one of them sees the other. The kernel compares the word again.
static unsigned wait_for_change(signal_word *word, unsigned value) {
  unsigned now;
  const uint64_t start = now_ns();
  do {
    for (int i = 0; i < spins_a_look; i++) {
      now = atomic_load_explicit(&word->value, memory_order_acquire);
      if (now != value) return now;
      pause_briefly();
    }
  } while (now_ns() - start < spin_ns);
  atomic_fetch_add(&word->sleepers, 1);
  while ((now = atomic_load(&word->value)) == value) {
    syscall(SYS_futex, (uint32_t *)(void *)&word->value, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
  }
  atomic_fetch_sub(&word->sleepers, 1);
  return now;
}

// After a sequentially consistent change of the word.
static void wake(signal_word *word, uint32_t most) {
  if (atomic_load(&word->sleepers) != 0) {
    syscall(SYS_futex, (uint32_t *)(void *)&word->value, FUTEX_WAKE_PRIVATE, most, NULL, NULL, 0);
  }
}

// Takes shares until none is left. Whoever has one keeps the piece of work from being replaced by the next.
static void take_shares(eb_pool *pool, uint32_t number) {
  unsigned left = atomic_load_explicit(&pool->left.value, memory_order_relaxed);
  while (left != 0 && left != ENDING) {
    if (!atomic_compare_exchange_weak_explicit(&pool->left.value, &left, left - 1, memory_order_acquire,
                                               memory_order_relaxed)) {
      continue;
    }
    pool->task(pool->argument, pool->count - left, number);
    if (atomic_fetch_sub(&pool->unfinished.value, 1) == 1 && number != 0) wake(&pool->unfinished, 1);
    left = atomic_load_explicit(&pool->left.value, memory_order_relaxed);
  }
}

static void *work(void *argument) {
  const worker *self = argument;
  for (;;) {
    if (wait_for_change(&self->pool->left, 0) == ENDING) return NULL;
    take_shares(self->pool, self->number);
  }
}

static bool start(eb_pool *pool) {
  worker *self = &pool->members[pool->workers];
  *self = (worker){.pool = pool, .number = pool->workers + 1};
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  bool has_started = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                     pthread_create(&self->thread, &attributes, work, self) == 0;
  pthread_attr_destroy(&attributes);
  pool->workers += has_started;
  return has_started;
}

eb_pool *eb_pool_create(uint32_t threads, size_t scratch_bytes) {
  if (threads < 2 || threads > EB_MAX_THREADS || scratch_bytes > SIZE_MAX / EB_MAX_THREADS - 64) return NULL;
  eb_pool *pool = aligned_alloc(64, (sizeof(eb_pool) + 63) / 64 * 64);
  if (pool == NULL) return NULL;
  *pool = (eb_pool){.fewest_steps = fewest_steps, .scratch_bytes = (scratch_bytes + 63) / 64 * 64};
  if (scratch_bytes > 0) pool->scratch = aligned_alloc(64, (threads - 1) * pool->scratch_bytes);
  bool is_complete = scratch_bytes == 0 || pool->scratch != NULL;
  while (is_complete && pool->workers < threads - 1) is_complete = start(pool);
  if (is_complete) return pool;
  eb_pool_destroy(pool);
  return NULL;
}

void eb_pool_share_always(eb_pool *pool) { pool->fewest_steps = 0; }

void eb_pool_destroy(eb_pool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->left.value, ENDING);
  wake(&pool->left, INT32_MAX);
  for (uint32_t i = 0; i < pool->workers; i++) pthread_join(pool->members[i].thread, NULL);
  free(pool->scratch);
  free(pool);
}

void eb_parallel(const eb_context *context, uint32_t count, eb_task task, const void *argument) {
  eb_pool *pool = context->pool;
  if (pool == NULL || count < 2) {
    for (uint32_t index = 0; index < count; index++) task(argument, index, 0);
    return;
  }
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  atomic_store_explicit(&pool->unfinished.value, count, memory_order_relaxed);
  atomic_store(&pool->left.value, count);
  wake(&pool->left, count - 1);
  take_shares(pool, 0);
  for (unsigned unfinished = atomic_load_explicit(&pool->unfinished.value, memory_order_acquire); unfinished != 0;) {
    unfinished = wait_for_change(&pool->unfinished, unfinished);
  }
}

uint32_t eb_shares(const eb_context *context, uint64_t units, uint64_t steps) {
  const eb_pool *pool = context->pool;
  if (pool == NULL) return 1;
  uint64_t most = (uint64_t)shares_a_thread * (pool->workers + 1);
  uint64_t worth = pool->fewest_steps == 0 ? most : steps / pool->fewest_steps;
  most = most < units ? most : units;
  most = most < worth ? most : worth;
  return most < 1 ? 1 : (uint32_t)most;
}

void *eb_worker_scratch(const eb_context *context, uint32_t worker, void *own) {
  const eb_pool *pool = context->pool;
  return worker == 0 || pool == NULL ? own : pool->scratch + (worker - 1) * pool->scratch_bytes;
}
