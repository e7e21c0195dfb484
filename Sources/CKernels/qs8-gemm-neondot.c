// Matrix product for AArch64 with the dot product: sdot by element takes 4 k of a row from a lane.
#if defined(__aarch64__)
#include "qs8-requantize-neon.h"

#pragma clang attribute push(__attribute__((target("dotprod,tune=cortex-a55"))), apply_to = function)

// 24 sums, 6 inputs, 2 vectors of weights of 32 registers. Cores such as the A55 issue nothing beside a dot product:
// only a tall tile has few enough loads, and only one load of weights ahead leaves it the registers.
enum { max_rows = 6 };

#define EB_ROLLED _Pragma("clang loop unroll(disable)")

EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        int32x4_t sums[max_rows][4]) {
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 4; q++) sums[r][q] = vdupq_n_s32(0);
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t at = i * g->outer_stride + j * g->inner_stride;
      size_t groups = g->segment_groups;
      const int8_t *from[max_rows];
      EB_UNROLL for (size_t r = 0; r < row_count; r++) from[r] = rows[r] + at;
#define STEP(LANE)                                                                                              \
  {                                                                                                             \
    EB_UNROLL for (size_t q = 0; q < 4; q++) {                                                                  \
      const int8x16_t w = vld1q_s8(weights + q * 16);                                                           \
      __asm__ volatile("" ::: "memory"); /* no pairs of loads: they would stand right before their use */       \
      EB_UNROLL for (size_t r = 0; r < row_count; r++) sums[r][q] = vdotq_laneq_s32(sums[r][q], w, x[r], LANE); \
    }                                                                                                           \
    weights += EB_QS8_NR * EB_QS8_KR;                                                                           \
  }
#define FOUR_STEPS                                     \
  {                                                    \
    int8x16_t x[max_rows];                             \
    EB_UNROLL for (size_t r = 0; r < row_count; r++) { \
      x[r] = vld1q_s8(from[r]);                        \
      from[r] += 4 * EB_QS8_KR;                        \
    }                                                  \
    STEP(0)                                            \
    STEP(1)                                            \
    STEP(2)                                            \
    STEP(3)                                            \
  }
      EB_ROLLED for (; groups >= 16; groups -= 16) {
        FOUR_STEPS;
        FOUR_STEPS;
        FOUR_STEPS;
        FOUR_STEPS;
      }
      EB_ROLLED for (; groups >= 4; groups -= 4) FOUR_STEPS;
      EB_ROLLED for (; groups > 0; groups--) {
        int8x16_t x[max_rows];
        EB_UNROLL for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, from[r], sizeof bytes);
          from[r] += EB_QS8_KR;
          x[r] = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
        }
        STEP(0)
      }
#undef FOUR_STEPS
#undef STEP
    }
  }
}

#define EB_QS8_GEMM eb_qs8_gemm__neondot
#define EB_QD8_GEMM eb_qd8_gemm__neondot
#include "qs8-gemm-neon-body.h"

#pragma clang attribute pop
#endif
