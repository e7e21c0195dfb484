// What the processor does while something is measured: its clock, its heat, and whether others use it.
#ifndef EB_PROCESSOR_H
#define EB_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

// Cycles a second of the core that this thread runs on, measured: the fastest of five chains of 32768 exclusive ors,
// each of which waits for the one before. Takes some 0.1 ms. The loop around them may make it up to 3 % too low; an
// interrupt in each of the five makes it lower. Source: one cycle of latency for `eor`/`xor` in Arm's software
// optimization guides (Cortex-A55 to A78) and in Agner Fog's instruction tables.
int64_t eb_processor_clock_hz(void);

// Nanoseconds that this process's first thread was ready to run and had to wait, since it started. False where the
// kernel does not count them (no /proc/self/schedstat).
bool eb_processor_wait_ns(int64_t *waited);

// The number in a file of the kernel's, such as a thermal zone's. False where it has none.
bool eb_kernel_number(const char *path, int64_t *number);

#endif
