// Counts this thread's heap allocations: linking this in replaces the process's malloc, calloc and realloc.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

// How many allocations the calling thread has made since it started.
uint64_t eb_test_allocation_count(void);

#endif
