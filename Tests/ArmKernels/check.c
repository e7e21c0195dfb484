#include "check.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned passed, failed;
static uint64_t seed, state;

void expect(bool is_met, const char *format, ...) {
  if (is_met) {
    passed++;
    return;
  }
  failed++;
  if (failed > 20) return;
  va_list arguments;
  va_start(arguments, format);
  printf("FAILED (seed %llu): ", (unsigned long long)seed);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
}

unsigned passed_count(void) { return passed; }
unsigned failed_count(void) { return failed; }

void seed_random(uint64_t value) {
  seed = value;
  state = value * 0x9E3779B97F4A7C15u + 1;
}

// Source: Marsaglia, "Xorshift RNGs" (2003), with the multiplier of Vigna's xorshift64*.
static uint32_t next(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)(state * 0x2545F4914F6CDD1Du >> 32);
}

uint32_t random_in(uint32_t low, uint32_t high) { return low + next() % (high - low + 1); }
float random_real(float low, float high) { return low + (high - low) * (float)(next() >> 8) * 0x1p-24f; }
