// Products in f16 arithmetic, of f32 inputs and f16 weights: tiles of up to 8 x 16, twice the multiply-adds of f32 an
// instruction. Inputs are rounded to f16 as they come. f16 sums of many terms would be worth little, so a sum takes
// EB_F16_BLOCK products in f16, and is then added to the one in f32.
//
// Of sums of magnitude S = sum of |a||w|, with u = 2^-11: the result is within (EB_F16_BLOCK + 2) u S + 2^-25 a
// product, besides the f32 sum's own error. Inputs, products and block sums beyond 65504 become infinite.
#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

#include "f32-kernels-neonfp16.h"
#include "f32-vector.h"

#pragma clang attribute push(__attribute__((target("fp16,tune=cortex-a55"))), apply_to = function)

#define EB_INLINE static inline __attribute__((always_inline))

enum { max_rows = 8, max_vectors = 2 };

// sums += accumulators, which become 0.
EB_INLINE void flush(size_t rows, size_t vectors, float16x8_t partial[max_rows][max_vectors],
                     float sums[max_rows][max_vectors * 8]) {
  EB_UNROLL for (size_t m = 0; m < rows; m++) {
    EB_UNROLL for (size_t v = 0; v < vectors; v++) {
      float *sum = sums[m] + v * 8;
      vst1q_f32(sum, vaddq_f32(vld1q_f32(sum), vcvt_f32_f16(vget_low_f16(partial[m][v]))));
      vst1q_f32(sum + 4, vaddq_f32(vld1q_f32(sum + 4), vcvt_high_f32_f16(partial[m][v])));
      partial[m][v] = vdupq_n_f16(0);
    }
  }
}

#define EB_STEP(LANE)                                                                 \
  {                                                                                   \
    float16x8_t b[max_vectors];                                                       \
    EB_UNROLL for (size_t v = 0; v < vectors; v++) b[v] = vld1q_f16(weights + v * 8); \
    weights += vectors * 8;                                                           \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                     \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                \
        partial[m][v] = vfmaq_lane_f16(partial[m][v], b[v], x[m], LANE);              \
      }                                                                               \
    }                                                                                 \
  }

EB_INLINE void tile(size_t rows, size_t vectors, size_t columns, const eb_f32_taps *taps, const float *a,
                    ptrdiff_t a_stride, const float *bias, const void *w, float *c, ptrdiff_t c_stride, float min,
                    float max) {
  const size_t width = vectors * 8;
  float sums[max_rows][max_vectors * 8];
  float16x8_t partial[max_rows][max_vectors];
  EB_UNROLL for (size_t m = 0; m < rows; m++) {
    memcpy(sums[m], bias, width * sizeof(float));
    EB_UNROLL for (size_t v = 0; v < vectors; v++) partial[m][v] = vdupq_n_f16(0);
  }
  size_t room = EB_F16_BLOCK;
  for (size_t o = 0; o < taps->outer; o++) {
    for (size_t i = 0; i < taps->inner; i++) {
      const float *row = a + (ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner;
      const float16_t *weights = (const float16_t *)w + (o * taps->w_outer + i * taps->w_inner) * width;
      for (size_t left = taps->length; left > 0;) {
        size_t steps = left < room ? left : room;
        left -= steps;
        room -= steps;
        _Pragma("clang loop unroll(disable)") for (; steps >= 4; steps -= 4) {
          float16x4_t x[max_rows];
          EB_UNROLL for (size_t m = 0; m < rows; m++) x[m] = vcvt_f16_f32(vld1q_f32(row + (ptrdiff_t)m * a_stride));
          row += 4;
          EB_STEP(0)
          EB_STEP(1)
          EB_STEP(2)
          EB_STEP(3)
        }
        _Pragma("clang loop unroll(disable)") for (; steps > 0; steps--) {
          float16x4_t x[max_rows];
          EB_UNROLL for (size_t m = 0; m < rows; m++) x[m] = vcvt_f16_f32(vdupq_n_f32(row[(ptrdiff_t)m * a_stride]));
          row++;
          EB_STEP(0)
        }
        if (room == 0) {
          flush(rows, vectors, partial, sums);
          room = EB_F16_BLOCK;
        }
      }
    }
  }
  flush(rows, vectors, partial, sums);
  EB_UNROLL for (size_t m = 0; m < rows; m++) {
    EB_UNROLL for (size_t q = 0; q < vectors * 2; q++) {
      EB_STORE(4, sums[m] + q * 4, EB_CLAMP(4, EB_LOAD(4, sums[m] + q * 4), min, max));
    }
    memcpy(c + (ptrdiff_t)m * c_stride, sums[m], columns * sizeof(float));
  }
}

#define EB_TILE(ROWS, VECTORS)                                                       \
  case ROWS:                                                                         \
    tile(ROWS, VECTORS, columns, taps, a, a_stride, bias, w, c, c_stride, min, max); \
    break;
#define EB_UKERNEL(name, VECTORS)                                                                     \
  void name(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, \
            const float *bias, const void *w, float *c, ptrdiff_t c_stride, float min, float max) {   \
    switch (rows) {                                                                                   \
      EB_TILE(1, VECTORS)                                                                             \
      EB_TILE(2, VECTORS)                                                                             \
      EB_TILE(3, VECTORS)                                                                             \
      EB_TILE(4, VECTORS)                                                                             \
      EB_TILE(5, VECTORS)                                                                             \
      EB_TILE(6, VECTORS)                                                                             \
      EB_TILE(7, VECTORS)                                                                             \
      EB_TILE(8, VECTORS)                                                                             \
    }                                                                                                 \
  }

EB_UKERNEL(eb_f32_f16_gemm_minmax_ukernel_8x16__neonfp16, 2)
EB_UKERNEL(eb_f32_f16_gemm_minmax_ukernel_8x8__neonfp16, 1)

#pragma clang attribute pop

#endif
