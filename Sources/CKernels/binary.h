// What the binary operators share: the check of their operands' sizes, the threads, and the walk over rows.
#ifndef EB_BINARY_H
#define EB_BINARY_H

#include "eb_threads.h"
#include "sizes.h"
#include "strided.h"

// a, b, out: `out` is dense and as large as the shape.
static inline bool eb_binary_accepts(const eb_binary_params *p, const size_t *operand_bytes, size_t operand_count,
                                     size_t in_bytes, size_t out_bytes) {
  uint64_t count;
  if (operand_count != 3 || p->rank > EB_MAX_RANK || !eb_element_count(p->rank, p->shape, &count)) return false;
  return count == 0 || (EB_HOLDS(operand_bytes[2], count, out_bytes) &&
                        eb_holds_strided(operand_bytes[0], p->rank, p->shape, p->a_strides, in_bytes) &&
                        eb_holds_strided(operand_bytes[1], p->rank, p->shape, p->b_strides, in_bytes));
}

// Computes a part: `operands` begin where the part does, and the parameters' shape is the part's.
typedef void (*eb_binary_part)(const eb_binary_params *params, void *const *operands);

// Runs `part` on shares of the first axis; where that is the only one, of whole vectors.
void eb_binary_parallel(const eb_context *context, const eb_binary_params *params, void *const *operands,
                        size_t element_bytes, eb_binary_part part);

// `row` with strides of 1 and 0 as constants, so that its loops vectorise.
#define EB_WITH_KNOWN_STRIDES(sa, sb, row, ...) \
  if ((sa) == 1 && (sb) == 1) {                 \
    row(1, 1, __VA_ARGS__);                     \
  } else if ((sa) == 1 && (sb) == 0) {          \
    row(1, 0, __VA_ARGS__);                     \
  } else if ((sa) == 0 && (sb) == 1) {          \
    row(0, 1, __VA_ARGS__);                     \
  } else {                                      \
    row(sa, sb, __VA_ARGS__);                   \
  }

// Calls `row(p, count, a, a_stride, b, b_stride, out)` for every row of elements of the given sizes.
#define EB_FOR_EACH_BINARY_ROW(p, operands, in_type, out_type, row)                                                    \
  do {                                                                                                                 \
    uint64_t total;                                                                                                    \
    if (!eb_element_count((p)->rank, (p)->shape, &total) || total == 0) break;                                         \
    const uint32_t last = (p)->rank - 1; /* not used where the rank is 0 */                                            \
    const size_t count = (p)->rank == 0 ? 1 : (size_t)(p)->shape[last];                                                \
    const size_t a_stride = (p)->rank == 0 ? 1 : (size_t)(p)->a_strides[last];                                         \
    const size_t b_stride = (p)->rank == 0 ? 1 : (size_t)(p)->b_strides[last];                                         \
    const in_type *a = (operands)[0], *b = (operands)[1];                                                              \
    out_type *out = (operands)[2];                                                                                     \
    eb_walk walk = eb_walk_start((p)->rank, (p)->shape, 2, (const uint64_t *const[]){(p)->a_strides, (p)->b_strides}); \
    do {                                                                                                               \
      row((p), count, a + walk.offsets[0], a_stride, b + walk.offsets[1], b_stride, out);                              \
      out += count;                                                                                                    \
    } while (eb_walk_next(&walk));                                                                                     \
  } while (0)

#endif
