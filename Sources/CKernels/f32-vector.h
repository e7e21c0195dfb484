// Vectors of floats that may lie at any float's address, and what the kernel templates do with them.
#ifndef EB_F32_VECTOR_H
#define EB_F32_VECTOR_H

#include <stdint.h>

typedef float eb_f32x4 __attribute__((ext_vector_type(4), aligned(4), may_alias));
typedef float eb_f32x8 __attribute__((ext_vector_type(8), aligned(4), may_alias));
typedef float eb_f32x16 __attribute__((ext_vector_type(16), aligned(4), may_alias));

// Macros, not functions: a vector wider than the baseline's cannot be passed by value everywhere.
#define EB_SPLAT(lanes, x) ((eb_f32x##lanes)(x))
// NaN stays NaN, as in the scalar kernels.
#define EB_CLAMP(lanes, x, min, max)                                                     \
  ({                                                                                     \
    eb_f32x##lanes value = (x), low = EB_SPLAT(lanes, min), high = EB_SPLAT(lanes, max); \
    value = value < low ? low : value;                                                   \
    value > high ? high : value;                                                         \
  })
#define EB_LOAD(lanes, pointer) (*(const eb_f32x##lanes *)(pointer))
#define EB_STORE(lanes, pointer, x) (*(eb_f32x##lanes *)(pointer) = (x))

// Four rows of four at `from`, `from_row` apart, to four columns at `to`, `to_row` apart, each vector through `finish`.
#define EB_TRANSPOSE_4X4(from, from_row, to, to_row, finish)                                               \
  {                                                                                                        \
    const eb_f32x4 row0 = EB_LOAD(4, from), row1 = EB_LOAD(4, (from) + (from_row)),                        \
                   row2 = EB_LOAD(4, (from) + 2 * (from_row)), row3 = EB_LOAD(4, (from) + 3 * (from_row)); \
    const eb_f32x4 low01 = __builtin_shufflevector(row0, row1, 0, 4, 1, 5),                                \
                   low23 = __builtin_shufflevector(row2, row3, 0, 4, 1, 5),                                \
                   high01 = __builtin_shufflevector(row0, row1, 2, 6, 3, 7),                               \
                   high23 = __builtin_shufflevector(row2, row3, 2, 6, 3, 7);                               \
    EB_STORE(4, to, finish(__builtin_shufflevector(low01, low23, 0, 1, 4, 5)));                            \
    EB_STORE(4, (to) + (to_row), finish(__builtin_shufflevector(low01, low23, 2, 3, 6, 7)));               \
    EB_STORE(4, (to) + 2 * (to_row), finish(__builtin_shufflevector(high01, high23, 0, 1, 4, 5)));         \
    EB_STORE(4, (to) + 3 * (to_row), finish(__builtin_shufflevector(high01, high23, 2, 3, 6, 7)));         \
  }

#define EB_UNROLL _Pragma("clang loop unroll(full)")

#endif
