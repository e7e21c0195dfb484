// A walk over all but the last axis of a shape, keeping one element offset an operand.
#ifndef EB_STRIDED_H
#define EB_STRIDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_operators.h"

enum { EB_MAX_OPERANDS = 3 };

typedef struct {
  uint32_t outer_rank;
  uint64_t shape[EB_MAX_RANK];
  const uint64_t *strides[EB_MAX_OPERANDS];
  uint64_t index[EB_MAX_RANK];
  size_t offsets[EB_MAX_OPERANDS];
  uint32_t operand_count;
} eb_walk;

// The shape must have no zero. Strides are in elements, `rank` an operand.
static inline eb_walk eb_walk_start(uint32_t rank, const uint64_t *shape, uint32_t operand_count,
                                    const uint64_t *const *strides) {
  eb_walk walk = {.outer_rank = rank == 0 ? 0 : rank - 1, .operand_count = operand_count};
  for (uint32_t i = 0; i < walk.outer_rank; i++) walk.shape[i] = shape[i];
  for (uint32_t k = 0; k < operand_count; k++) walk.strides[k] = strides[k];
  return walk;
}

// To the next row; false after the last.
static inline bool eb_walk_next(eb_walk *walk) {
  for (uint32_t i = walk->outer_rank; i-- > 0;) {
    if (++walk->index[i] < walk->shape[i]) {
      for (uint32_t k = 0; k < walk->operand_count; k++) walk->offsets[k] += (size_t)walk->strides[k][i];
      return true;
    }
    walk->index[i] = 0;
    for (uint32_t k = 0; k < walk->operand_count; k++) {
      walk->offsets[k] -= (size_t)(walk->strides[k][i] * (walk->shape[i] - 1));
    }
  }
  return false;
}

#endif
