#include <assert.h>
#include <string.h>

#include "eb_plan.h"

// The format is these structures' memory layout: a compiler that pads otherwise must not write plans.
static_assert(sizeof(eb_plan_table) == 16, "eb_plan_table");
static_assert(sizeof(eb_plan_header) == 160, "eb_plan_header");
static_assert(sizeof(eb_plan_tensor) == 120, "eb_plan_tensor");
static_assert(sizeof(eb_plan_step) == 40, "eb_plan_step");

uint64_t eb_plan_checksum(const void *bytes, size_t count) {
  const unsigned char *p = bytes;
  uint64_t hash = 14695981039346656037u;
  for (size_t at = 0; at + 8 <= count; at += 8) {
    uint64_t word;
    memcpy(&word, p + at, 8);
    if (at == offsetof(eb_plan_header, checksum)) word = 0;
    hash = (hash ^ word) * 1099511628211u;
  }
  return hash;
}
