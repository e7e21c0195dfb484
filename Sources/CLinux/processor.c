#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "eb_clock.h"
#include "eb_processor.h"

enum { chain = 64, rounds = 512, attempts = 5 };

static void run_chain(void) {
  unsigned long value = 1, other = 2;
  for (int round = 0; round < rounds; round++) {
#if defined(__x86_64__)
    __asm__ volatile(".rept 64\n\txor %1, %0\n\t.endr" : "+r"(value) : "r"(other) : "cc");
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile(".rept 64\n\teor %0, %0, %1\n\t.endr" : "+r"(value) : "r"(other));
#else
#error "expected x86-64, AArch64 or ARM"
#endif
  }
}

int64_t eb_processor_clock_hz(void) {
  int64_t shortest = INT64_MAX;
  for (int attempt = 0; attempt < attempts; attempt++) {
    int64_t start = eb_clock_ns();
    run_chain();
    int64_t took = eb_clock_ns() - start;
    if (took > 0 && took < shortest) shortest = took;
  }
  return (int64_t)chain * rounds * 1000000000 / shortest;
}

// The file's beginning as a C string.
static bool read_text(const char *path, char *text, size_t capacity) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  ssize_t count = read(descriptor, text, capacity - 1);
  close(descriptor);
  if (count <= 0) return false;
  text[count] = '\0';
  return true;
}

static bool number_at(const char *text, char **end, int64_t *number) {
  errno = 0;
  long long value = strtoll(text, end, 10);
  if (*end == text || errno != 0) return false;
  *number = value;
  return true;
}

bool eb_processor_wait_ns(int64_t *waited) {
  // "ran waited slices"
  char text[128], *end;
  int64_t ran;
  return read_text("/proc/self/schedstat", text, sizeof text) && number_at(text, &end, &ran) &&
         number_at(end, &end, waited);
}

bool eb_kernel_number(const char *path, int64_t *number) {
  char text[64], *end;
  return read_text(path, text, sizeof text) && number_at(text, &end, number);
}
