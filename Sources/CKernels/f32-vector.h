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

#define EB_UNROLL _Pragma("clang loop unroll(full)")

#endif
