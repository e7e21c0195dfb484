// Depthwise convolution for AVX2: pairs of taps interleaved and widened to 16 bits, summed by vpmaddwd.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-dwconv.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define EB_INLINE static inline __attribute__((always_inline))

enum { block_channels = 16, tap_group = 2 };

EB_INLINE __m128i load16(const int8_t *at) { return _mm_loadu_si128((const __m128i *)(const void *)at); }
EB_INLINE __m256i load(const void *at) { return _mm256_loadu_si256(at); }

// sums: 16 channels, first to last.
EB_INLINE void accumulate(const eb_qs8_dwconv_job *job, const int8_t *in, const int8_t *weights, __m256i sums[2]) {
  for (size_t g = 0; g < job->tap_groups; g++, weights += block_channels * tap_group) {
    const __m128i a = load16(in + job->tap_offsets[g * tap_group]);
    const __m128i b = load16(in + job->tap_offsets[g * tap_group + 1]);
    const __m256i low = _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b));
    const __m256i high = _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b));
    sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(low, _mm256_cvtepi8_epi16(load16(weights))));
    sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(high, _mm256_cvtepi8_epi16(load16(weights + 16))));
  }
}

EB_INLINE __m256i scaled(__m256i sums, const float *scales, __m256 max) {
  const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(scales));
  return _mm256_cvtps_epi32(_mm256_min_ps(product, max));
}

void eb_qs8_dwconv__avx2(const eb_qs8_dwconv_job *job, const int8_t *in, int8_t *out) {
  const __m256 max = _mm256_set1_ps(job->output.max_less_zero_point);
  const __m256i zero_point = _mm256_set1_epi16((int16_t)job->output.zero_point);
  const __m128i min = _mm_set1_epi8((char)job->output.min);
  for (size_t c = 0; c < job->channels; c += block_channels) {
    const int8_t *weights = job->weights + c / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - c);
    for (size_t y = 0; y < job->rows; y++) {
      for (size_t x = 0; x < job->count; x++) {
        const int8_t *pixel = in + y * job->in_row_stride + x * job->in_stride + c;
        __m256i sums[2] = {load(job->bias + c), load(job->bias + c + 8)};
        accumulate(job, pixel, weights, sums);
        const __m256i words =
            _mm256_packs_epi32(scaled(sums[0], job->scales + c, max), scaled(sums[1], job->scales + c + 8, max));
        const __m256i offset = _mm256_adds_epi16(_mm256_permute4x64_epi64(words, 0xD8), zero_point);
        __m128i steps = _mm_packs_epi16(_mm256_castsi256_si128(offset), _mm256_extracti128_si256(offset, 1));
        steps = _mm_max_epi8(steps, min);
        int8_t *at = out + y * job->out_row_stride + x * job->channels + c;
        if (left == block_channels) {
          _mm_storeu_si128((__m128i *)(void *)at, steps);
        } else {
          int8_t bytes[block_channels];
          _mm_storeu_si128((__m128i *)(void *)bytes, steps);
          memcpy(at, bytes, left);
        }
      }
    }
  }
}

void eb_qd8_dwconv__avx2(const eb_qs8_dwconv_job *job, const int8_t *in, float *out) {
  const __m256 min = _mm256_set1_ps(job->min), max = _mm256_set1_ps(job->max);
  const __m256i factor = _mm256_set1_epi32(-job->range.zero_point);
  for (size_t c = 0; c < job->channels; c += block_channels) {
    const int8_t *weights = job->weights + c / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - c);
    for (size_t y = 0; y < job->rows; y++) {
      for (size_t x = 0; x < job->count; x++) {
        const int8_t *pixel = in + y * job->in_row_stride + x * job->in_stride + c;
        __m256i sums[2] = {_mm256_mullo_epi32(factor, load(job->bias + c)),
                           _mm256_mullo_epi32(factor, load(job->bias + c + 8))};
        accumulate(job, pixel, weights, sums);
        float reals[block_channels];
#pragma clang loop unroll(full)
        for (size_t h = 0; h < 2; h++) {
          const size_t at = c + h * 8;
          const __m256 scale = _mm256_mul_ps(_mm256_set1_ps(job->range.scale), _mm256_loadu_ps(job->scales + at));
          __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(sums[h]), scale);
          real = _mm256_add_ps(real, _mm256_loadu_ps(job->real_bias + at));
          _mm256_storeu_ps(reals + h * 8, _mm256_min_ps(_mm256_max_ps(real, min), max));
        }
        memcpy(out + y * job->out_row_stride + x * job->channels + c, reals, left * sizeof(float));
      }
    }
  }
}

#pragma clang attribute pop
#endif
