// Depthwise convolution with vpdpbusd: four taps of 64 channels are interleaved byte by byte, so that each 32-bit
// lane sums four taps of one channel. Interleaving works in 128-bit lanes; packing has put weights, biases and
// scales in the order that comes out, and packing down to bytes undoes it.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-dwconv.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define EB_INLINE static inline __attribute__((always_inline))

enum { block_channels = 64, vectors = 4, vector_lanes = 16, tap_group = 4, max_groups = 3 };

EB_INLINE __m512i load_tap(const int8_t *at) {
  return _mm512_xor_si512(_mm512_loadu_si512(at), _mm512_set1_epi8((char)0x80));
}

// sums[v] += the products of one group of taps; `w` as packed.
EB_INLINE void accumulate(const int8_t *in, const size_t *offsets, const __m512i *w, __m512i sums[vectors]) {
  const __m512i a = load_tap(in + offsets[0]), b = load_tap(in + offsets[1]);
  const __m512i c = load_tap(in + offsets[2]), d = load_tap(in + offsets[3]);
  const __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
  const __m512i cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
  sums[0] = _mm512_dpbusd_epi32(sums[0], _mm512_unpacklo_epi16(ab_low, cd_low), w[0]);
  sums[1] = _mm512_dpbusd_epi32(sums[1], _mm512_unpackhi_epi16(ab_low, cd_low), w[1]);
  sums[2] = _mm512_dpbusd_epi32(sums[2], _mm512_unpacklo_epi16(ab_high, cd_high), w[2]);
  sums[3] = _mm512_dpbusd_epi32(sums[3], _mm512_unpackhi_epi16(ab_high, cd_high), w[3]);
}

EB_INLINE void load_weights(const int8_t *weights, __m512i w[vectors]) {
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(weights + v * 64);
}

EB_INLINE __m512i scaled(__m512i sums, __m512 scale, __m512 max) {
  return _mm512_cvtps_epi32(_mm512_min_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale), max));
}

// One block of channels of `count` runs; `groups` is a constant once inlined, 0 for any number.
EB_INLINE void qs8_block(const eb_qs8_dwconv_job *job, size_t groups, size_t block, const int8_t *in, size_t count,
                         int8_t *out) {
  const size_t channel = block * block_channels;
  const int8_t *weights = job->weights + block * job->block_bytes;
  __m512i w[max_groups][vectors], bias[vectors];
  __m512 scales[vectors];
#pragma clang loop unroll(full)
  for (size_t g = 0; g < groups; g++) load_weights(weights + g * block_channels * tap_group, w[g]);
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    bias[v] = _mm512_loadu_si512(job->bias + channel + v * vector_lanes);
    scales[v] = _mm512_loadu_ps(job->scales + channel + v * vector_lanes);
  }
  const __m512 max = _mm512_set1_ps(job->output.max_less_zero_point);
  const __m512i zero_point = _mm512_set1_epi16((int16_t)job->output.zero_point);
  const __m512i min = _mm512_set1_epi8((char)job->output.min);
  const size_t left = job->channels - channel;
  const __mmask64 mask = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
  for (size_t i = 0; i < count; i++, in += job->in_stride, out += job->channels) {
    __m512i sums[vectors] = {bias[0], bias[1], bias[2], bias[3]};
    if (groups != 0) {
#pragma clang loop unroll(full)
      for (size_t g = 0; g < groups; g++) accumulate(in, job->tap_offsets + g * tap_group, w[g], sums);
    } else {
      for (size_t g = 0; g < job->tap_groups; g++) {
        load_weights(weights + g * block_channels * tap_group, w[0]);
        accumulate(in, job->tap_offsets + g * tap_group, w[0], sums);
      }
    }
    const __m512i low = _mm512_packs_epi32(scaled(sums[0], scales[0], max), scaled(sums[1], scales[1], max));
    const __m512i high = _mm512_packs_epi32(scaled(sums[2], scales[2], max), scaled(sums[3], scales[3], max));
    const __m512i steps = _mm512_packs_epi16(_mm512_adds_epi16(low, zero_point), _mm512_adds_epi16(high, zero_point));
    _mm512_mask_storeu_epi8(out, mask, _mm512_max_epi8(steps, min));
  }
}

void eb_qs8_dwconv__avx512vnni(const eb_qs8_dwconv_job *job, const int8_t *in, size_t count, int8_t *out) {
  for (size_t c = 0; c < job->channels; c += block_channels) {
    switch (job->tap_groups) {
      case 1:
        qs8_block(job, 1, c / block_channels, in + c, count, out + c);
        break;
      case 2:
        qs8_block(job, 2, c / block_channels, in + c, count, out + c);
        break;
      case 3:  // 3 x 3
        qs8_block(job, 3, c / block_channels, in + c, count, out + c);
        break;
      default:
        qs8_block(job, 0, c / block_channels, in + c, count, out + c);
        break;
    }
  }
}

void eb_qd8_dwconv__avx512vnni(const eb_qs8_dwconv_job *job, const int8_t *in, size_t count, float *out) {
  const __m512 min = _mm512_set1_ps(job->min), max = _mm512_set1_ps(job->max);
  const __m512i factor = _mm512_set1_epi32(-(job->range.zero_point + 128));
  for (size_t channel = 0; channel < job->channels; channel += block_channels) {
    const int8_t *weights = job->weights + channel / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - channel);
    for (size_t i = 0; i < count; i++) {
      const int8_t *pixel = in + i * job->in_stride + channel;
      __m512i sums[vectors];
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) {
        sums[v] = _mm512_mullo_epi32(factor, _mm512_loadu_si512(job->bias + channel + v * vector_lanes));
      }
      for (size_t g = 0; g < job->tap_groups; g++) {
        __m512i w[vectors];
        load_weights(weights + g * block_channels * tap_group, w);
        accumulate(pixel, job->tap_offsets + g * tap_group, w, sums);
      }
      float reals[block_channels];
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++) {
        const size_t place = channel + v * vector_lanes;
        const __m512 scale = _mm512_mul_ps(_mm512_set1_ps(job->range.scale), _mm512_loadu_ps(job->scales + place));
        __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[v]), scale);
        real = _mm512_add_ps(real, _mm512_loadu_ps(job->real_bias + place));
        real = _mm512_min_ps(_mm512_max_ps(real, min), max);
        // Lane l holds channels 16 * l + 4 * v and the three after it.
        _mm_storeu_ps(reals + v * 4, _mm512_extractf32x4_ps(real, 0));
        _mm_storeu_ps(reals + 16 + v * 4, _mm512_extractf32x4_ps(real, 1));
        _mm_storeu_ps(reals + 32 + v * 4, _mm512_extractf32x4_ps(real, 2));
        _mm_storeu_ps(reals + 48 + v * 4, _mm512_extractf32x4_ps(real, 3));
      }
      memcpy(out + i * job->channels + channel, reals, left * sizeof(float));
    }
  }
}

#pragma clang attribute pop
#endif
