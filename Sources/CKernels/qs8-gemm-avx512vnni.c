// Matrix product with vpdpbusd: four unsigned by signed products summed into each 32-bit lane, without saturation.
//
// Inputs come with 128 added (x ^ 0x80), which packing has taken off the bias.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-gemm.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)
#pragma STDC FP_CONTRACT OFF

#include "qs8-requantize-avx512.h"

enum { max_rows = 8, max_blocks = 4 };

// sums[r][b] += products of `rows` rows and `blocks` blocks of 16 channels.
EB_INLINE void accumulate(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, size_t block_count,
                          const int8_t *weights, __m512i sums[max_rows][max_blocks]) {
  const size_t block_bytes = g->block_bytes, segment_bytes = g->segment_groups * EB_QS8_KR;
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      const int8_t *row[max_rows];
#pragma clang loop unroll(full)
      for (size_t r = 0; r < row_count; r++) row[r] = rows[r] + offset;
      for (size_t k = 0; k < segment_bytes; k += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
        __m512i w[max_blocks];
#pragma clang loop unroll(full)
        for (size_t b = 0; b < block_count; b++) w[b] = _mm512_loadu_si512(weights + b * block_bytes);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, row[r] + k, sizeof bytes);
          const __m512i x = _mm512_set1_epi32(bytes);
#pragma clang loop unroll(full)
          for (size_t b = 0; b < block_count; b++) sums[r][b] = _mm512_dpbusd_epi32(sums[r][b], x, w[b]);
        }
      }
    }
  }
}

// So that sums, weights and inputs fit 32 registers.
#define EB_ROWS_OF_4 6
#define EB_ROWS_OF_2 8
#define EB_ROWS_OF_1 8
#define EB_INPUT_OFFSET 128
#define EB_QS8_GEMM eb_qs8_gemm__avx512vnni
#define EB_QD8_GEMM eb_qd8_gemm__avx512vnni
#include "qs8-gemm-avx512-body.h"

#pragma clang attribute pop
#endif
