// Indices from a tensor, which may say anything.
#ifndef EB_INDICES_H
#define EB_INDICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_operators.h"

// In bytes; 0 for what is no type of indices.
static inline uint32_t eb_index_bytes(uint32_t type) { return type == EB_I32 ? 4 : type == EB_I64 ? 8 : 0; }

// Counted from the end where negative; still negative or too large where it is out of range.
static inline int64_t eb_index_at(uint32_t type, const void *indices, size_t i, uint64_t size) {
  const int64_t index = type == EB_I32 ? ((const int32_t *)indices)[i] : ((const int64_t *)indices)[i];
  return index < 0 && size <= INT64_MAX ? index + (int64_t)size : index;
}

static inline size_t eb_clamped_index(int64_t index, uint64_t size) {
  return index < 0 ? 0 : (uint64_t)index >= size ? (size_t)size - 1 : (size_t)index;
}

// Whether the shape that is walked lies within `in`'s but along `axis`, and neither has an axis that is empty.
static inline bool eb_element_shapes_fit(uint32_t rank, uint32_t axis, const uint64_t *in, const uint64_t *walked) {
  if (rank > EB_MAX_RANK || axis >= rank) return false;
  for (uint32_t i = 0; i < rank; i++) {
    if (in[i] == 0 || in[i] > INT64_MAX || walked[i] == 0 || (i != axis && walked[i] > in[i])) return false;
  }
  return true;
}

// A walk over the elements of `shape`, and for each the offset in a dense tensor of `in_shape` of the element at the
// same place but for `axis`, where it is 0.
typedef struct {
  uint64_t index[EB_MAX_RANK];
  size_t strides[EB_MAX_RANK];
  size_t offset;
} eb_element_walk;

static inline eb_element_walk eb_element_walk_start(uint32_t rank, const uint64_t *in_shape) {
  eb_element_walk walk = {.offset = 0};
  size_t stride = 1;
  for (uint32_t i = rank; i-- > 0;) {
    walk.strides[i] = stride;
    stride *= (size_t)in_shape[i];
  }
  return walk;
}

static inline void eb_element_walk_next(eb_element_walk *walk, uint32_t rank, uint32_t axis, const uint64_t *shape) {
  for (uint32_t i = rank; i-- > 0;) {
    const size_t stride = i == axis ? 0 : walk->strides[i];
    walk->offset += stride;
    if (++walk->index[i] < shape[i]) return;
    walk->offset -= stride * (size_t)shape[i];
    walk->index[i] = 0;
  }
}

#endif
