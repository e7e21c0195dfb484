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
  // Handing out a piece of work is timed so often, and the shortest counts: in others a thread was held back.
  handoff_rounds = 24,
  handoff_limit_ns = 200 * 1000,  // for all of them: on a busy machine a worker may not run at all
  handoff_unknown_ns = 400,
  // Each mode runs so many inferences, of which the median counts, at first and after every `trial_period`.
  trials_a_mode = 3,
  trial_period = 2048,
  tried_ns = 20 * 1000 * 1000,  // longer inferences have operators that are large enough
  // Kernels keep a few kilobytes on the stack. The default of 8 MiB would count where address space is limited.
  stack_bytes = 256 * 1024,
};

// What one thread has to do, on a cache line of its own: taking one's own share moves no line between cores.
typedef struct {
  // The piece of work that the shares are of, and the shares [next, end) that nobody has taken: see range_of.
  _Alignas(64) atomic_ullong range;
  // Written before the range, and left alone until every share of the piece of work is done.
  eb_task task;
  const void *argument;
  atomic_uint is_asleep;  // or about to be; the caller's lane: waits for the rest to finish
} lane;

typedef struct {
  eb_pool *pool;
  uint32_t number;
  pthread_t thread;
  int core;  // that it is bound to; -1 for none
} worker;

// How small an operator is still shared.
enum mode { share_small, share_large, share_none, mode_count };

// Which mode is fastest, found by turns.
typedef struct {
  enum mode mode;
  uint32_t inferences;  // of this period
  uint64_t start_ns;
  uint64_t times[mode_count][trials_a_mode];
} trial;

struct eb_pool {
  lane lanes[EB_MAX_THREADS];           // the caller's, then the workers'
  _Alignas(64) atomic_uint unfinished;  // shares that are not done
  _Alignas(64) uint32_t piece;          // the number of the last piece of work, counted in a circle
  uint32_t workers;
  int caller_core;  // where it was last seen
  atomic_bool is_ending;
  uint64_t fewest_steps;  // that a share must have, at the least
  trial trial;
  size_t scratch_bytes;  // each
  unsigned char *scratch;
  worker members[EB_MAX_THREADS];
};

// The piece of work in the upper half, where a thread can sleep on it, then the end, then the next share.
static inline uint64_t range_of(uint32_t piece, uint32_t next, uint32_t end) {
  return (uint64_t)piece << 32 | (uint64_t)end << 16 | next;
}
static inline uint32_t piece_of(uint64_t range) { return (uint32_t)(range >> 32); }
static inline uint32_t end_of(uint64_t range) { return (uint32_t)(range >> 16) & 0xffff; }
static inline uint32_t next_of(uint64_t range) { return (uint32_t)range & 0xffff; }
_Static_assert(EB_MAX_SHARES <= 0xffff, "shares are counted in 16 bits");

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

static void futex(const void *word, int operation, uint32_t value) {
  syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

// The half of the range that names the piece of work; the processors that this runs on are little-endian.
static const void *piece_word(lane *own) { return (const char *)(const void *)&own->range + 4; }

// Spins, then sleeps, until the lane has another piece of work than `piece`. Returns its number.
//
// The sleeper says so before it looks at the range a last time, and whoever changes the range looks at the sleeper
// afterwards, all sequentially consistent: one of them sees the other. The kernel compares the word again.
static uint32_t wait_for_work(lane *own, uint32_t piece) {
  uint32_t now;
  const uint64_t start = now_ns();
  do {
    for (int i = 0; i < spins_a_look; i++) {
      now = piece_of(atomic_load_explicit(&own->range, memory_order_acquire));
      if (now != piece) return now;
      pause_briefly();
    }
  } while (now_ns() - start < spin_ns);
  atomic_store(&own->is_asleep, 1);
  while ((now = piece_of(atomic_load(&own->range))) == piece) futex(piece_word(own), FUTEX_WAIT_PRIVATE, piece);
  atomic_store_explicit(&own->is_asleep, 0, memory_order_relaxed);
  return now;
}

// The same for the caller, until every share is done.
static void wait_for_the_rest(eb_pool *pool) {
  const uint64_t start = now_ns();
  do {
    for (int i = 0; i < spins_a_look; i++) {
      if (atomic_load_explicit(&pool->unfinished, memory_order_acquire) == 0) return;
      pause_briefly();
    }
  } while (now_ns() - start < spin_ns);
  atomic_store(&pool->lanes[0].is_asleep, 1);
  for (uint32_t now; (now = atomic_load(&pool->unfinished)) != 0;) futex(&pool->unfinished, FUTEX_WAIT_PRIVATE, now);
  atomic_store_explicit(&pool->lanes[0].is_asleep, 0, memory_order_relaxed);
}

// Takes one of the lane's shares and runs it; false where none is left. Whoever has taken one keeps the piece of work
// from being replaced by the next, so what the lane says of it can be read afterwards.
static bool run_share(lane *from, uint32_t number) {
  unsigned long long range = atomic_load_explicit(&from->range, memory_order_acquire);
  while (next_of(range) < end_of(range)) {
    if (atomic_compare_exchange_weak_explicit(&from->range, &range, range + 1, memory_order_acquire,
                                              memory_order_acquire)) {
      from->task(from->argument, next_of(range), number);
      return true;
    }
  }
  return false;
}

// Runs the thread's own shares, then what others have left. Each begins with the same part of the outputs,
// operator by operator, so that most of what it reads it has written itself and is in its own cache.
static void run_shares(eb_pool *pool, uint32_t number) {
  uint32_t done = 0;
  for (uint32_t i = 0; i <= pool->workers; i++) {
    lane *from = &pool->lanes[(number + i) % (pool->workers + 1)];
    while (run_share(from, number)) done++;
  }
  if (done == 0) return;
  if (atomic_fetch_sub(&pool->unfinished, done) == done && number != 0 && atomic_load(&pool->lanes[0].is_asleep)) {
    futex(&pool->unfinished, FUTEX_WAKE_PRIVATE, 1);
  }
}

static void *work(void *argument) {
  const worker *self = argument;
  eb_pool *pool = self->pool;
  uint32_t piece = 0;
  for (;;) {
    piece = wait_for_work(&pool->lanes[self->number], piece);
    if (atomic_load_explicit(&pool->is_ending, memory_order_relaxed)) return NULL;
    run_shares(pool, self->number);
  }
}

// Gives a lane its shares [first, end) of the pool's piece of work, and wakes its thread.
static void give(eb_pool *pool, uint32_t number, eb_task task, const void *argument, uint32_t first, uint32_t end) {
  lane *to = &pool->lanes[number];
  to->task = task;
  to->argument = argument;
  atomic_store(&to->range, range_of(pool->piece, first, end));
  if (number != 0 && atomic_load(&to->is_asleep)) futex(piece_word(to), FUTEX_WAKE_PRIVATE, 1);
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

static void do_nothing(const void *argument, uint32_t index, uint32_t worker) {
  (void)argument;
  (void)index;
  (void)worker;
}

// The shortest time in which every worker took a share and had it done, in nanoseconds: two to three times what a line
// takes from one core's cache to another's.
static uint64_t handoff_ns(eb_pool *pool) {
  const uint64_t start = now_ns();
  uint64_t shortest = UINT64_MAX, now = start;
  for (int round = 0; round < handoff_rounds && now - start < handoff_limit_ns; round++) {
    const uint64_t before = now;
    pool->piece++;
    atomic_store_explicit(&pool->unfinished, pool->workers, memory_order_relaxed);
    for (uint32_t i = 1; i <= pool->workers; i++) give(pool, i, do_nothing, NULL, 0, 1);
    do {
      for (int i = 0; i < spins_a_look && atomic_load_explicit(&pool->unfinished, memory_order_acquire) != 0; i++) {
        pause_briefly();
      }
      now = now_ns();
    } while (atomic_load_explicit(&pool->unfinished, memory_order_acquire) != 0 && now - start < handoff_limit_ns);
    // The first rounds find the threads being started.
    const bool is_settled = round >= handoff_rounds / 4 && now - start < handoff_limit_ns;
    if (is_settled && now - before < shortest) shortest = now - before;
  }
  run_shares(pool, 0);  // what a worker that does not run has left
  wait_for_the_rest(pool);
  return shortest == UINT64_MAX ? handoff_unknown_ns : shortest;
}

// A share must be worth its handing out, and what comes with it: parts of the inputs lie in another core's cache. But
// an operator between two shared ones that runs on one thread draws half of its input to one core, and back: DS-CNN's
// depthwise convolutions, of 1.5 us, took 3 us on one thread and 7 to 12 in between. Networks of 10 to 200 us, f32 and
// int8, on Zen 4, with all thresholds in turn: whole networks are fastest where a share has 150 to 700 steps with cores
// that share a cache, 700 to 1500 with others.
static uint64_t fewest_steps_after(uint64_t handoff_ns) { return 300 + handoff_ns; }

eb_pool *eb_pool_create(uint32_t threads, size_t scratch_bytes) {
  if (threads < 2 || threads > EB_MAX_THREADS || scratch_bytes > SIZE_MAX / EB_MAX_THREADS - 64) return NULL;
  eb_pool *pool = aligned_alloc(64, sizeof(eb_pool));
  if (pool == NULL) return NULL;
  *pool = (eb_pool){.caller_core = sched_getcpu(), .scratch_bytes = (scratch_bytes + 63) / 64 * 64};
  if (scratch_bytes > 0) pool->scratch = aligned_alloc(64, (threads - 1) * pool->scratch_bytes);
  bool is_complete = scratch_bytes == 0 || pool->scratch != NULL;
  while (is_complete && pool->workers < threads - 1) is_complete = start(pool, threads);
  if (!is_complete) {
    eb_pool_destroy(pool);
    return NULL;
  }
  pool->fewest_steps = fewest_steps_after(handoff_ns(pool));
  return pool;
}

static uint64_t median_of(const uint64_t *times) {
  const uint64_t a = times[0], b = times[1], c = times[2];
  const uint64_t low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}
_Static_assert(trials_a_mode == 3, "median_of takes three");

void eb_pool_begin_inference(eb_pool *pool) {
  if (pool == NULL) return;
  trial *t = &pool->trial;
  if (t->inferences >= mode_count * trials_a_mode) return;
  t->mode = (enum mode)(t->inferences / trials_a_mode);
  t->start_ns = now_ns();
}

void eb_pool_end_inference(eb_pool *pool) {
  if (pool == NULL) return;
  trial *t = &pool->trial;
  if (t->inferences < mode_count * trials_a_mode) {
    const uint64_t taken = now_ns() - t->start_ns;
    t->times[t->mode][t->inferences % trials_a_mode] = taken;
    if (t->inferences + 1 == mode_count * trials_a_mode || taken > tried_ns) {
      enum mode best = share_small;
      for (uint32_t m = best + 1; taken <= tried_ns && m < mode_count; m++) {
        if (median_of(t->times[m]) < median_of(t->times[best])) best = (enum mode)m;
      }
      t->mode = best;
      t->inferences = mode_count * trials_a_mode;
      return;
    }
  }
  t->inferences = t->inferences + 1 < trial_period ? t->inferences + 1 : 0;
}

void eb_pool_share_always(eb_pool *pool) { pool->fewest_steps = 0; }

void eb_pool_destroy(eb_pool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->is_ending, true);
  pool->piece++;
  for (uint32_t i = 1; i <= pool->workers; i++) give(pool, i, NULL, NULL, 0, 0);
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
  pool->piece++;
  atomic_store_explicit(&pool->unfinished, count, memory_order_relaxed);
  // The workers' first, as they have the longer way.
  const uint32_t threads = pool->workers + 1;
  for (uint32_t i = threads; i-- > 0;) {
    const eb_span span = eb_span_of(count, i, threads);
    if (span.first < span.end) give(pool, i, task, argument, (uint32_t)span.first, (uint32_t)span.end);
  }
  run_shares(pool, 0);
  wait_for_the_rest(pool);
}

uint32_t eb_shares(const eb_context *context, uint64_t units, uint64_t steps) {
  const eb_pool *pool = context->pool;
  if (pool == NULL) return 1;
  uint64_t most = (uint64_t)EB_SHARES_A_THREAD * (pool->workers + 1);
  if (pool->fewest_steps != 0 && pool->trial.mode == share_none) return 1;
  const uint64_t fewest = pool->fewest_steps * (pool->trial.mode == share_large ? 8 : 1);
  uint64_t worth = fewest == 0 ? most : steps / fewest;
  most = most < units ? most : units;
  most = most < worth ? most : worth;
  // As many for each thread, so that every operator is cut at the same places.
  const uint64_t threads = pool->workers + 1;
  if (most > threads) most -= most % threads;
  return most < 1 ? 1 : (uint32_t)most;
}

void *eb_worker_scratch(const eb_context *context, uint32_t worker, void *own) {
  const eb_pool *pool = context->pool;
  return worker == 0 || pool == NULL ? own : pool->scratch + (worker - 1) * pool->scratch_bytes;
}
