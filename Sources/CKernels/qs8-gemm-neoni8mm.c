// Matrix product for AArch64 with smmla: 2 rows x 8 k by 8 k x 2 channels into 2 x 2 sums, so weights come in groups
// of 8 along k.
#if defined(__aarch64__)
#include "qs8-requantize-neon.h"

#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)

enum { max_rows = 4 };

EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        int32x4_t sums[max_rows][4]) {
  const size_t pairs = (row_count + 1) / 2;
  int32x4_t partial[max_rows / 2][8];  // [r0c0 r0c1 r1c0 r1c1]
  EB_UNROLL for (size_t p = 0; p < pairs; p++) {
    EB_UNROLL for (size_t c = 0; c < 8; c++) partial[p][c] = vdupq_n_s32(0);
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      for (size_t k = 0; k < g->segment_groups * 8; k += 8, weights += EB_QS8_NR * 8) {
        int8x16_t x[max_rows / 2];
        EB_UNROLL for (size_t p = 0; p < pairs; p++) {
          const size_t second = p * 2 + 1 < row_count ? p * 2 + 1 : p * 2;  // an odd row meets itself
          x[p] = vcombine_s8(vld1_s8(rows[p * 2] + offset + k), vld1_s8(rows[second] + offset + k));
        }
        EB_UNROLL for (size_t c = 0; c < 8; c++) {
          const int8x16_t w = vld1q_s8(weights + c * 16);
          EB_UNROLL for (size_t p = 0; p < pairs; p++) partial[p][c] = vmmlaq_s32(partial[p][c], x[p], w);
        }
      }
    }
  }
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 4; q++) {
      const int64x2_t first = vreinterpretq_s64_s32(partial[r / 2][q * 2]);
      const int64x2_t second = vreinterpretq_s64_s32(partial[r / 2][q * 2 + 1]);
      sums[r][q] = vreinterpretq_s32_s64(r % 2 == 0 ? vzip1q_s64(first, second) : vzip2q_s64(first, second));
    }
  }
}

#define EB_QS8_GEMM eb_qs8_gemm__neoni8mm
#define EB_QD8_GEMM eb_qd8_gemm__neoni8mm
#include "qs8-gemm-neon-body.h"

#pragma clang attribute pop
#endif
