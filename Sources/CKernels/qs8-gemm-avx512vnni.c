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

// Up to 8 channels fit half a vector, and two halves multiply in the time of a whole: 8 rows at a time.
static size_t qs8_half_block(const eb_qs8_gemm *g, const requantization *q, const int8_t *const *rows, size_t row_count,
                             int8_t *out) {
  const size_t block = g->channels / EB_QS8_NR, channel = block * EB_QS8_NR, left = g->channels - channel;
  if (left == 0 || left > 8 || block % 2 != 0 || !scales_are_below_one(g->scales + channel, left)) return 0;
  const __m512 scale = _mm512_broadcast_f32x8(_mm256_loadu_ps(g->scales + channel));
  const __m512 scales[4] = {scale, scale, scale, scale};
  const __m256i bias = _mm256_loadu_si256((const void *)(g->bias + channel));
  const size_t segment_bytes = g->segment_groups * EB_QS8_KR;
  size_t first = 0;
  for (; first + 8 <= row_count; first += 8) {
    const int8_t *weights = g->weights + block * g->block_bytes;
    __m256i sums[8] = {bias, bias, bias, bias, bias, bias, bias, bias};
    for (size_t i = 0; i < g->outer; i++) {
      for (size_t j = 0; j < g->inner; j++) {
        const size_t offset = i * g->outer_stride + j * g->inner_stride;
        const int8_t *row[8];
#pragma clang loop unroll(full)
        for (size_t r = 0; r < 8; r++) row[r] = rows[first + r] + offset;
        for (size_t k = 0; k < segment_bytes; k += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
          const __m256i w = _mm256_loadu_si256((const void *)weights);
#pragma clang loop unroll(full)
          for (size_t r = 0; r < 8; r++) {
            int32_t bytes;
            memcpy(&bytes, row[r] + k, sizeof bytes);
            sums[r] = _mm256_dpbusd_epi32(sums[r], _mm256_set1_epi32(bytes), w);
          }
        }
      }
    }
    __m512i pairs[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      pairs[i] = _mm512_inserti64x4(_mm512_castsi256_si512(sums[2 * i]), sums[2 * i + 1], 1);
    }
    const __m512i steps = ordered_steps(q, pairs, scales, false);
    int8_t *at = out + first * g->out_stride + channel;
    if (g->out_stride == 8 && left == 8) {
      _mm512_storeu_si512(at, steps);
    } else {
      int8_t bytes[64];
      _mm512_storeu_si512(bytes, steps);
      for (size_t r = 0; r < 8; r++) memcpy(at + r * g->out_stride, bytes + r * 8, left);
    }
  }
  return first;
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
