#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
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
  // A share must be worth it. 1x1 and depthwise convolutions of 32 channels in two shares, f32 and int8, over and over
  // on two threads and on one in turns, on Zen 4: two threads break even where one takes 1.5 to 2 us, and are faster
  // wherever it takes 4 us. In a network part of an input comes from the other core's cache besides: a ResNet-8's
  // operators of 3 to 8 us became slower, those of 20 us and more faster.
  fewest_steps = 5000,
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
  int core;  // that it is bound to; -1 for none
} worker;

struct eb_pool {
  // What is to be done; written while nobody has a share, read by those who have one.
  eb_task task;
  const void *argument;
  uint32_t count;
  signal_word left;        // shares that nobody has a right to
  signal_word unfinished;  // shares that are not done
  uint32_t workers;
  int caller_core;  // where it was last seen
  atomic_bool is_taken[EB_MAX_SHARES];
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

// Takes a share that nobody has: there is one, as each right is to one. Each thread begins with the same part of the
// outputs, operator by operator, so that most of what it reads it has written itself and is in its own cache.
static uint32_t take_share(eb_pool *pool, uint32_t number) {
  uint32_t index = (uint32_t)((uint64_t)pool->count * number / (pool->workers + 1));
  while (atomic_exchange_explicit(&pool->is_taken[index], true, memory_order_relaxed)) {
    index = index + 1 < pool->count ? index + 1 : 0;
  }
  return index;
}

// Takes shares until none is left. Whoever has a right to one keeps the piece of work from being replaced by the next.
static void take_shares(eb_pool *pool, uint32_t number) {
  unsigned left = atomic_load_explicit(&pool->left.value, memory_order_relaxed);
  while (left != 0 && left != ENDING) {
    if (!atomic_compare_exchange_weak_explicit(&pool->left.value, &left, left - 1, memory_order_acquire,
                                               memory_order_relaxed)) {
      continue;
    }
    pool->task(pool->argument, take_share(pool, number), number);
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

static cpu_set_t only(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return set;
}

// The `number`th core after the caller's of those that it may run on; -1 where there are not `threads` of them.
static int core_for(const eb_pool *pool, uint32_t number, uint32_t threads) {
  cpu_set_t allowed;
  int core = pool->caller_core;
  if (core < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
  if ((uint32_t)CPU_COUNT(&allowed) < threads) return -1;
  while (number > 0) {
    core = (core + 1) % CPU_SETSIZE;
    if (CPU_ISSET(core, &allowed)) number--;
  }
  return core;
}

// Keeps the caller and the workers apart, each on its own core. Left to itself on a busy machine the scheduler may
// leave two on one core for good: there one wakes the other, which sleeps too much to be moved. The caller may go
// where it likes, as its thread is not ours to bind; a worker that it meets gets the core that it has left.
static void make_way(eb_pool *pool) {
  const int core = sched_getcpu();
  if (core == pool->caller_core || core < 0) return;
  for (uint32_t i = 0; i < pool->workers; i++) {
    worker *other = &pool->members[i];
    if (other->core != core) continue;
    const cpu_set_t left = only(pool->caller_core);
    if (pthread_setaffinity_np(other->thread, sizeof left, &left) == 0) other->core = pool->caller_core;
  }
  pool->caller_core = core;
}

static bool start(eb_pool *pool, uint32_t threads) {
  worker *self = &pool->members[pool->workers];
  *self = (worker){.pool = pool, .number = pool->workers + 1, .core = core_for(pool, pool->workers + 1, threads)};
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  if (self->core >= 0) {
    const cpu_set_t set = only(self->core);
    (void)pthread_attr_setaffinity_np(&attributes, sizeof set, &set);  // a preference
  }
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
  *pool = (eb_pool){
      .fewest_steps = fewest_steps, .caller_core = sched_getcpu(), .scratch_bytes = (scratch_bytes + 63) / 64 * 64};
  if (scratch_bytes > 0) pool->scratch = aligned_alloc(64, (threads - 1) * pool->scratch_bytes);
  bool is_complete = scratch_bytes == 0 || pool->scratch != NULL;
  while (is_complete && pool->workers < threads - 1) is_complete = start(pool, threads);
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
  if (pool == NULL || count < 2 || count > EB_MAX_SHARES) {
    for (uint32_t index = 0; index < count; index++) task(argument, index, 0);
    return;
  }
  make_way(pool);
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  for (uint32_t i = 0; i < count; i++) atomic_store_explicit(&pool->is_taken[i], false, memory_order_relaxed);
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
  uint64_t most = (uint64_t)EB_SHARES_A_THREAD * (pool->workers + 1);
  uint64_t worth = pool->fewest_steps == 0 ? most : steps / pool->fewest_steps;
  most = most < units ? most : units;
  most = most < worth ? most : worth;
  return most < 1 ? 1 : (uint32_t)most;
}

void *eb_worker_scratch(const eb_context *context, uint32_t worker, void *own) {
  const eb_pool *pool = context->pool;
  return worker == 0 || pool == NULL ? own : pool->scratch + (worker - 1) * pool->scratch_bytes;
}
