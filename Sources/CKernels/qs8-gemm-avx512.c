// Matrix product for AVX-512 without VNNI: inputs and weights widened to 16 bits, pairs of products by vpmaddwd.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-gemm.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#include "qs8-requantize-avx512.h"

enum { max_rows = 8, max_blocks = 4 };

// sums[r][b] += products of `row_count` rows and `block_count` blocks of 16 channels.
//
// A vector of products holds 8 channels, two partial sums each, which are joined at the end.
EB_INLINE void accumulate(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, size_t block_count,
                          const int8_t *weights, __m512i sums[max_rows][max_blocks]) {
  const size_t block_bytes = g->block_bytes, segment_bytes = g->segment_groups * EB_QS8_KR;
  __m512i partial[max_rows][max_blocks][2];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
#pragma clang loop unroll(full)
    for (size_t b = 0; b < block_count; b++) partial[r][b][0] = partial[r][b][1] = _mm512_setzero_si512();
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      for (size_t k = 0; k < segment_bytes; k += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
        __m512i x[max_rows];
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, rows[r] + offset + k, sizeof bytes);
          x[r] = _mm512_cvtepi8_epi16(_mm256_set1_epi32(bytes));
        }
#pragma clang loop unroll(full)
        for (size_t b = 0; b < block_count; b++) {
#pragma clang loop unroll(full)
          for (size_t h = 0; h < 2; h++) {
            const void *half = weights + b * block_bytes + h * 32;
            const __m512i w = _mm512_cvtepi8_epi16(_mm256_loadu_si256(half));
#pragma clang loop unroll(full)
            for (size_t r = 0; r < row_count; r++) {
              partial[r][b][h] = _mm512_add_epi32(partial[r][b][h], _mm512_madd_epi16(x[r], w));
            }
          }
        }
      }
    }
  }
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
#pragma clang loop unroll(full)
    for (size_t b = 0; b < block_count; b++) {
      const __m512i first = _mm512_permutex2var_epi32(partial[r][b][0], even, partial[r][b][1]);
      const __m512i second = _mm512_permutex2var_epi32(partial[r][b][0], odd, partial[r][b][1]);
      sums[r][b] = _mm512_add_epi32(sums[r][b], _mm512_add_epi32(first, second));
    }
  }
}

static size_t qs8_half_block(const eb_qs8_gemm *g, const requantization *q, const int8_t *const *rows, size_t row_count,
                             int8_t *out) {
  (void)g, (void)q, (void)rows, (void)row_count, (void)out;
  return 0;  // no way of its own
}

// So that sums, weights and inputs fit 32 registers.
#define EB_ROWS_OF_4 2
#define EB_ROWS_OF_2 4
#define EB_ROWS_OF_1 8
#define EB_INPUT_OFFSET 0
#define EB_QS8_GEMM eb_qs8_gemm__avx512
#define EB_QD8_GEMM eb_qd8_gemm__avx512
#include "qs8-gemm-avx512-body.h"

#pragma clang attribute pop
#endif
