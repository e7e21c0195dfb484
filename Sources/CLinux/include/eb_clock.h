// The monotonic clock.
#ifndef EB_CLOCK_H
#define EB_CLOCK_H

#include <stdint.h>

// Nanoseconds since some fixed moment (CLOCK_MONOTONIC).
int64_t eb_clock_ns(void);

// The moment `timeout_ns` from now; the end of time where that lies beyond.
int64_t eb_clock_deadline(int64_t timeout_ns);

#endif
