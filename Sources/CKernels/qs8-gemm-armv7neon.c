// Matrix product for 32-bit ARM: vmull makes 16-bit products, vpadal adds pairs of them to 32-bit sums. A second
// product in the 16 bits (vmlal) could overflow where both factors of both are -128.
#if defined(__arm__)

#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "qs8-requantize-neon.h"

// Half a block of channels at a time: 8 partial sums, 2 inputs in both lanes, weights and products of 16 registers.
enum { max_rows = 2, half_channels = EB_QS8_NR / 2 };

// Each vector of partial sums holds 2 channels, two sums each. `x`: 4 k of a row, twice.
EB_INLINE void add_products(int32x4_t partial[4], int8x8_t x, const int8x8_t w[4]) {
  EB_UNROLL for (size_t p = 0; p < 4; p++) partial[p] = vpadalq_s16(partial[p], vmull_s8(x, w[p]));
}

EB_INLINE void load_weights(const int8_t *weights, int8x8_t w[4]) {
  EB_UNROLL for (size_t q = 0; q < 2; q++) {
    const int8x16_t both = vld1q_s8(weights + q * 16);
    w[q * 2] = vget_low_s8(both);
    w[q * 2 + 1] = vget_high_s8(both);
  }
}

EB_INLINE void half_products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                             size_t half, int32x4_t sums[max_rows][4]) {
  int32x4_t partial[max_rows][4];
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t p = 0; p < 4; p++) partial[r][p] = vdupq_n_s32(0);
  }
  weights += half * half_channels * EB_QS8_KR;
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      const int8_t *from[max_rows];
      EB_UNROLL for (size_t r = 0; r < row_count; r++) from[r] = rows[r] + offset;
      size_t groups = g->segment_groups;
      for (; groups >= 2; groups -= 2, weights += 2 * EB_QS8_NR * EB_QS8_KR) {
        int32x2_t x[max_rows];
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          x[r] = vreinterpret_s32_s8(vld1_s8(from[r]));
          from[r] += 2 * EB_QS8_KR;
        }
        int8x8_t w[4];
        load_weights(weights, w);
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          add_products(partial[r], vreinterpret_s8_s32(vdup_lane_s32(x[r], 0)), w);
        }
        load_weights(weights + EB_QS8_NR * EB_QS8_KR, w);
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          add_products(partial[r], vreinterpret_s8_s32(vdup_lane_s32(x[r], 1)), w);
        }
      }
      if (groups > 0) {
        int8x8_t w[4];
        load_weights(weights, w);
        weights += EB_QS8_NR * EB_QS8_KR;
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, from[r], sizeof bytes);
          add_products(partial[r], vreinterpret_s8_s32(vdup_n_s32(bytes)), w);
        }
      }
    }
  }
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 2; q++) {
      const int32x4_t first = partial[r][q * 2], second = partial[r][q * 2 + 1];
      sums[r][half * 2 + q] = vcombine_s32(vpadd_s32(vget_low_s32(first), vget_high_s32(first)),
                                           vpadd_s32(vget_low_s32(second), vget_high_s32(second)));
    }
  }
}

EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        int32x4_t sums[max_rows][4]) {
  half_products(g, rows, row_count, weights, 0, sums);
  half_products(g, rows, row_count, weights, 1, sums);
}

#define EB_QS8_GEMM eb_qs8_gemm__armv7neon
#define EB_QD8_GEMM eb_qd8_gemm__armv7neon
#include "qs8-gemm-neon-body.h"

#pragma clang attribute pop
#endif
