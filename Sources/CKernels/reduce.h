// What the reductions share: the shape as runs of kept and reduced axes.
#ifndef EB_REDUCE_H
#define EB_REDUCE_H

#include "eb_operators.h"
#include "sizes.h"

// in, out: both dense; `out` has the kept axes.
static inline bool eb_reduce_accepts(const eb_reduce_params *p, const size_t *operand_bytes, size_t operand_count,
                                     size_t in_bytes, size_t out_bytes) {
  if (operand_count != 2 || p->rank > EB_MAX_RANK || p->axes >> p->rank != 0) return false;
  uint64_t kept[EB_MAX_RANK], in_count, out_count;
  for (uint32_t i = 0; i < p->rank; i++) kept[i] = (p->axes >> i & 1) ? 1 : p->shape[i];
  return eb_element_count(p->rank, p->shape, &in_count) && eb_element_count(p->rank, kept, &out_count) &&
         EB_HOLDS(operand_bytes[0], in_count, in_bytes) && EB_HOLDS(operand_bytes[1], out_count, out_bytes);
}

// Neighbours of one kind merged into one axis, axes of 1 left out.
typedef struct {
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];
  bool is_reduced[EB_MAX_RANK];
  uint64_t out_strides[EB_MAX_RANK];  // 0 where reduced
  uint64_t in_count, out_count, reduced_count;
} eb_reduction_shape;

static inline eb_reduction_shape eb_reduction_shape_of(const eb_reduce_params *p) {
  eb_reduction_shape s = {.in_count = 1, .out_count = 1, .reduced_count = 1};
  for (uint32_t i = 0; i < p->rank; i++) {
    const bool is_reduced = p->axes >> i & 1;
    s.in_count *= p->shape[i];
    *(is_reduced ? &s.reduced_count : &s.out_count) *= p->shape[i];
    if (p->shape[i] == 1) continue;
    if (s.rank > 0 && s.is_reduced[s.rank - 1] == is_reduced) {
      s.shape[s.rank - 1] *= p->shape[i];
    } else {
      s.shape[s.rank] = p->shape[i];
      s.is_reduced[s.rank++] = is_reduced;
    }
  }
  uint64_t stride = 1;
  for (uint32_t i = s.rank; i-- > 0;) {
    s.out_strides[i] = s.is_reduced[i] ? 0 : stride;
    if (!s.is_reduced[i]) stride *= s.shape[i];
  }
  return s;
}

#endif
