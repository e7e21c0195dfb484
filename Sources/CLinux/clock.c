#define _GNU_SOURCE
#include <time.h>

#include "eb_clock.h"

int64_t eb_clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t eb_clock_deadline(int64_t timeout_ns) {
  int64_t now = eb_clock_ns();
  if (timeout_ns <= 0) return now;
  return timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
}
