#include <assert.h>
#include <string.h>

#include "eb_plan.h"

// The format is these structures' memory layout: a compiler that pads otherwise must not write plans.
static_assert(sizeof(eb_plan_table) == 16, "eb_plan_table");
static_assert(sizeof(eb_plan_header) == 160, "eb_plan_header");
static_assert(sizeof(eb_plan_tensor) == 120, "eb_plan_tensor");
static_assert(sizeof(eb_plan_step) == 40, "eb_plan_step");

// A step waits for the multiplication before it (4 cycles or so), so four lanes take turns.
enum { lanes = 4, block = lanes * sizeof(uint64_t) };
static const uint64_t basis = 14695981039346656037u;
static const uint64_t prime = 1099511628211u;
static_assert(sizeof(eb_plan_header) % block == 0, "the header is hashed in whole blocks");

static void hash_blocks(uint64_t hash[lanes], const unsigned char *bytes, size_t count) {
  uint64_t h0 = hash[0], h1 = hash[1], h2 = hash[2], h3 = hash[3];
  for (size_t at = 0; at + block <= count; at += block) {
    uint64_t word[lanes];
    memcpy(word, bytes + at, block);
    h0 = (h0 ^ word[0]) * prime;
    h1 = (h1 ^ word[1]) * prime;
    h2 = (h2 ^ word[2]) * prime;
    h3 = (h3 ^ word[3]) * prime;
  }
  hash[0] = h0, hash[1] = h1, hash[2] = h2, hash[3] = h3;
}

uint64_t eb_plan_checksum(const void *bytes, size_t count) {
  if (count < sizeof(eb_plan_header)) return 0;
  eb_plan_header header;
  memcpy(&header, bytes, sizeof header);
  header.checksum = 0;
  uint64_t hash[lanes] = {basis, basis, basis, basis};
  hash_blocks(hash, (const unsigned char *)&header, sizeof header);
  hash_blocks(hash, (const unsigned char *)bytes + sizeof header, count - sizeof header);
  uint64_t whole = basis;
  for (int lane = 0; lane < lanes; lane++) whole = (whole ^ hash[lane]) * prime;
  return whole;
}
