// Matrix product for AArch64 with the dot product: sdot by element takes 4 k of a row from a lane.
#if defined(__aarch64__)
#include "qs8-requantize-neon.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

enum { max_rows = 4 };  // 16 sums, 4 inputs, 4 vectors of weights of 32 registers

EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        int32x4_t sums[max_rows][4]) {
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 4; q++) sums[r][q] = vdupq_n_s32(0);
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      size_t at = i * g->outer_stride + j * g->inner_stride, groups = g->segment_groups;
#define STEP(LANE)                                                                                             \
  {                                                                                                            \
    int8x16_t w[4];                                                                                            \
    EB_UNROLL for (size_t q = 0; q < 4; q++) w[q] = vld1q_s8(weights + q * 16);                                \
    EB_UNROLL for (size_t r = 0; r < row_count; r++) {                                                         \
      EB_UNROLL for (size_t q = 0; q < 4; q++) { sums[r][q] = vdotq_laneq_s32(sums[r][q], w[q], x[r], LANE); } \
    }                                                                                                          \
    weights += EB_QS8_NR * EB_QS8_KR;                                                                          \
  }
      for (; groups >= 4; groups -= 4, at += 4 * EB_QS8_KR) {
        int8x16_t x[max_rows];
        EB_UNROLL for (size_t r = 0; r < row_count; r++) x[r] = vld1q_s8(rows[r] + at);
        STEP(0)
        STEP(1)
        STEP(2)
        STEP(3)
      }
      for (; groups > 0; groups--, at += EB_QS8_KR) {
        int8x16_t x[max_rows];
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, rows[r] + at, sizeof bytes);
          x[r] = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
        }
        STEP(0)
      }
#undef STEP
    }
  }
}

#define EB_QS8_GEMM eb_qs8_gemm__neondot
#define EB_QD8_GEMM eb_qd8_gemm__neondot
#include "qs8-gemm-neon-body.h"

#pragma clang attribute pop
#endif
