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

// Four vectors of four, rows to columns.
#define EB_TRANSPOSE_4(in, out)                                             \
  {                                                                         \
    eb_f32x4 eb_low01 = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);  \
    eb_f32x4 eb_high01 = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7); \
    eb_f32x4 eb_low23 = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);  \
    eb_f32x4 eb_high23 = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7); \
    out[0] = __builtin_shufflevector(eb_low01, eb_low23, 0, 1, 4, 5);       \
    out[1] = __builtin_shufflevector(eb_low01, eb_low23, 2, 3, 6, 7);       \
    out[2] = __builtin_shufflevector(eb_high01, eb_high23, 0, 1, 4, 5);     \
    out[3] = __builtin_shufflevector(eb_high01, eb_high23, 2, 3, 6, 7);     \
  }

// Four rows of four at `from`, `from_row` apart, to four columns at `to`, `to_row` apart, each vector through `finish`.
#define EB_TRANSPOSE_4X4(from, from_row, to, to_row, finish)                                                           \
  {                                                                                                                    \
    const eb_f32x4 eb_in[4] = {EB_LOAD(4, from), EB_LOAD(4, (from) + (from_row)), EB_LOAD(4, (from) + 2 * (from_row)), \
                               EB_LOAD(4, (from) + 3 * (from_row))};                                                   \
    eb_f32x4 eb_out[4];                                                                                                \
    EB_TRANSPOSE_4(eb_in, eb_out)                                                                                      \
    EB_STORE(4, to, finish(eb_out[0]));                                                                                \
    EB_STORE(4, (to) + (to_row), finish(eb_out[1]));                                                                   \
    EB_STORE(4, (to) + 2 * (to_row), finish(eb_out[2]));                                                               \
    EB_STORE(4, (to) + 3 * (to_row), finish(eb_out[3]));                                                               \
  }

#define EB_UNROLL _Pragma("clang loop unroll(full)")

#endif
