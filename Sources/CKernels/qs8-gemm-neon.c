// Matrix product for AArch64 without the dot product: smull makes 16-bit products, sadalp adds pairs of them to 32-bit
// sums. A second product in the 16 bits (smlal) could overflow where both factors of both are -128.
#if defined(__aarch64__)
#include "qs8-requantize-neon.h"

enum { max_rows = 3 };  // 24 partial sums, 3 inputs, a vector of weights and products of 32 registers

// Each vector of partial sums holds 2 channels, two sums each, which are joined at the end.
EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        int32x4_t sums[max_rows][4]) {
  int32x4_t partial[max_rows][8];
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t p = 0; p < 8; p++) partial[r][p] = vdupq_n_s32(0);
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      for (size_t k = 0; k < g->segment_groups * EB_QS8_KR; k += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
        int8x16_t x[max_rows];
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, rows[r] + offset + k, sizeof bytes);
          x[r] = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
          // Both halves are equal, which the compiler must not know: it would move the weights' upper half down
          // instead.
          __asm__("" : "+w"(x[r]));
        }
        EB_UNROLL for (size_t q = 0; q < 4; q++) {
          const int8x16_t w = vld1q_s8(weights + q * 16);
          EB_UNROLL for (size_t r = 0; r < row_count; r++) {
            const int16x8_t low = vmull_s8(vget_low_s8(x[r]), vget_low_s8(w)), high = vmull_high_s8(x[r], w);
            partial[r][q * 2] = vpadalq_s16(partial[r][q * 2], low);
            partial[r][q * 2 + 1] = vpadalq_s16(partial[r][q * 2 + 1], high);
          }
        }
      }
    }
  }
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 4; q++) sums[r][q] = vpaddq_s32(partial[r][q * 2], partial[r][q * 2 + 1]);
  }
}

#define EB_QS8_GEMM eb_qs8_gemm__neon
#define EB_QD8_GEMM eb_qd8_gemm__neon
#include "qs8-gemm-neon-body.h"

#endif
