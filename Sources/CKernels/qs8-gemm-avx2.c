// Matrix product for AVX2: inputs and weights widened to 16 bits, pairs of products by vpmaddwd, which is exact
// (vpmaddubsw would saturate).
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-gemm.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define EB_INLINE static inline __attribute__((always_inline))

enum { max_rows = 3 };

// sums[r]: 16 channels, first to last, of the products of row r and one block.
//
// A vector of products holds 4 channels, two partial sums each, which are joined at the end.
EB_INLINE void products(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, const int8_t *weights,
                        __m256i sums[max_rows][2]) {
  const size_t segment_bytes = g->segment_groups * EB_QS8_KR;
  __m256i partial[max_rows][4];
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
#pragma clang loop unroll(full)
    for (size_t q = 0; q < 4; q++) partial[r][q] = _mm256_setzero_si256();
  }
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const size_t offset = i * g->outer_stride + j * g->inner_stride;
      for (size_t k = 0; k < segment_bytes; k += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
        __m256i x[max_rows];
#pragma clang loop unroll(full)
        for (size_t r = 0; r < row_count; r++) {
          int32_t bytes;
          memcpy(&bytes, rows[r] + offset + k, sizeof bytes);
          x[r] = _mm256_cvtepi8_epi16(_mm_set1_epi32(bytes));
        }
#pragma clang loop unroll(full)
        for (size_t q = 0; q < 4; q++) {
          const __m256i w = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(weights + q * 16)));
#pragma clang loop unroll(full)
          for (size_t r = 0; r < row_count; r++) {
            partial[r][q] = _mm256_add_epi32(partial[r][q], _mm256_madd_epi16(x[r], w));
          }
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
    sums[r][0] = _mm256_permute4x64_epi64(_mm256_hadd_epi32(partial[r][0], partial[r][1]), 0xD8);
    sums[r][1] = _mm256_permute4x64_epi64(_mm256_hadd_epi32(partial[r][2], partial[r][3]), 0xD8);
  }
}

EB_INLINE __m256i load(const void *at) { return _mm256_loadu_si256(at); }

// round(min(sums * scale, max)); what lies below `min` is clamped after packing.
EB_INLINE __m256i scaled(__m256i sums, const float *scales, __m256 max) {
  const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(scales));
  return _mm256_cvtps_epi32(_mm256_min_ps(product, max));
}

EB_INLINE void qs8_tile(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, size_t n, int8_t *out) {
  __m256i sums[max_rows][2];
  products(g, rows, row_count, g->weights + n / EB_QS8_NR * g->block_bytes, sums);
  const __m256 max = _mm256_set1_ps(g->output.max_less_zero_point);
  const __m256i zero_point = _mm256_set1_epi16((int16_t)g->output.zero_point);
  const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
    const __m256i low = scaled(_mm256_add_epi32(sums[r][0], load(g->bias + n)), g->scales + n, max);
    const __m256i high = scaled(_mm256_add_epi32(sums[r][1], load(g->bias + n + 8)), g->scales + n + 8, max);
    const __m256i words = _mm256_adds_epi16(_mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8), zero_point);
    __m128i steps = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    steps = _mm_max_epi8(steps, _mm_set1_epi8((char)g->output.min));
    if (count == EB_QS8_NR) {
      _mm_storeu_si128((__m128i *)(void *)(out + r * g->out_stride + n), steps);
    } else {
      int8_t bytes[EB_QS8_NR];
      _mm_storeu_si128((__m128i *)(void *)bytes, steps);
      memcpy(out + r * g->out_stride + n, bytes, count);
    }
  }
}

EB_INLINE void qd8_tile(const eb_qs8_gemm *g, const eb_qd8_range *ranges, const int8_t *const *rows, size_t row_count,
                        size_t n, float *out) {
  __m256i sums[max_rows][2];
  products(g, rows, row_count, g->weights + n / EB_QS8_NR * g->block_bytes, sums);
  const __m256 min = _mm256_set1_ps(g->min), max = _mm256_set1_ps(g->max);
  const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
    const eb_qd8_range range = ranges[r * g->range_step];
    float reals[EB_QS8_NR];
#pragma clang loop unroll(full)
    for (size_t h = 0; h < 2; h++) {
      const size_t c = n + h * 8;
      const __m256i start = _mm256_mullo_epi32(_mm256_set1_epi32(-range.zero_point), load(g->bias + c));
      const __m256 scale = _mm256_mul_ps(_mm256_set1_ps(range.scale), _mm256_loadu_ps(g->scales + c));
      __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_add_epi32(sums[r][h], start)), scale);
      real = _mm256_add_ps(real, _mm256_loadu_ps(g->real_bias + c));
      _mm256_storeu_ps(reals + h * 8, _mm256_min_ps(_mm256_max_ps(real, min), max));
    }
    memcpy(out + r * g->out_stride + n, reals, count * sizeof(float));
  }
}

#define EB_ALL_TILES(TILE)                              \
  for (size_t n = 0; n < g->channels; n += EB_QS8_NR) { \
    size_t r = 0;                                       \
    for (; r + 3 <= row_count; r += 3) TILE(3);         \
    for (; r < row_count; r++) TILE(1);                 \
  }

void eb_qs8_gemm__avx2(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, int8_t *out) {
#define TILE(R) qs8_tile(g, rows + r, R, n, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}

void eb_qd8_gemm__avx2(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, float *out) {
#define TILE(R) qd8_tile(g, g->ranges + r * g->range_step, rows + r, R, n, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}

#pragma clang attribute pop
#endif
