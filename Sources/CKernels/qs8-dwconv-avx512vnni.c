// Depthwise convolution with vpdpbusd: four taps of 64 channels are interleaved byte by byte, so that each 32-bit
// lane sums four taps of one channel. Interleaving works in 128-bit lanes; packing has put weights, biases and
// scales in the order that comes out, and packing down to bytes undoes it. Inputs come with 128 added.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-dwconv.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)
#pragma STDC FP_CONTRACT OFF

#include "qs8-requantize-avx512.h"

enum { block_channels = 64, vectors = 4, vector_lanes = 16, tap_group = 4 };

// sums[v] += the products of one group of taps; `w` as packed.
EB_INLINE void accumulate(const int8_t *in, const size_t *offsets, const __m512i *w, __m512i sums[vectors]) {
  const __m512i a = _mm512_loadu_si512(in + offsets[0]), b = _mm512_loadu_si512(in + offsets[1]);
  const __m512i c = _mm512_loadu_si512(in + offsets[2]), d = _mm512_loadu_si512(in + offsets[3]);
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

// Three taps and a zero, interleaved.
EB_INLINE void load_column(const int8_t *in, const size_t *offsets, __m512i column[vectors]) {
  const __m512i a = _mm512_loadu_si512(in + offsets[0]), b = _mm512_loadu_si512(in + offsets[1]);
  const __m512i c = _mm512_loadu_si512(in + offsets[2]), zero = _mm512_setzero_si512();
  const __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
  const __m512i c_low = _mm512_unpacklo_epi8(c, zero), c_high = _mm512_unpackhi_epi8(c, zero);
  column[0] = _mm512_unpacklo_epi16(ab_low, c_low);
  column[1] = _mm512_unpackhi_epi16(ab_low, c_low);
  column[2] = _mm512_unpacklo_epi16(ab_high, c_high);
  column[3] = _mm512_unpackhi_epi16(ab_high, c_high);
}

// result = sums + products of a column and its weights.
EB_INLINE void add_column(const __m512i sums[vectors], const __m512i column[vectors], const __m512i w[vectors],
                          __m512i result[vectors]) {
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) result[v] = _mm512_dpbusd_epi32(sums[v], column[v], w[v]);
}

// One block of 64 channels, or what is left of it.
typedef struct {
  requantization q;
  bool clamps;
  __m512i bias[vectors];
  __m512 scales[vectors];
  __mmask64 mask;
} block;

EB_INLINE block block_of(const eb_qs8_dwconv_job *job, size_t channel, bool clamps) {
  block b = {.q = requantization_of(&job->output), .clamps = clamps};
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    b.bias[v] = _mm512_loadu_si512(job->bias + channel + v * vector_lanes);
    b.scales[v] = _mm512_loadu_ps(job->scales + channel + v * vector_lanes);
  }
  const size_t left = job->channels - channel;
  b.mask = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
  return b;
}

EB_INLINE void store(const block *b, const __m512i sums[vectors], int8_t *out) {
  _mm512_mask_storeu_epi8(out, b->mask, packed_steps(&b->q, sums, b->scales, b->clamps));
}

// Any taps.
EB_INLINE void any_taps(const eb_qs8_dwconv_job *job, const block *b, const int8_t *weights, const int8_t *in,
                        size_t count, int8_t *out) {
  const size_t groups = job->tap_groups, *offsets = job->tap_offsets;
  const size_t in_stride = job->in_stride, out_stride = job->channels;
  for (size_t i = 0; i < count; i++, in += in_stride, out += out_stride) {
    __m512i sums[vectors] = {b->bias[0], b->bias[1], b->bias[2], b->bias[3]};
    for (size_t g = 0; g < groups; g++) {
      __m512i w[vectors];
      load_weights(weights + g * block_channels * tap_group, w);
      accumulate(in, offsets + g * tap_group, w, sums);
    }
    store(b, sums, out);
  }
}

// One row of 3 x 3 taps by columns. `step`: columns from one output pixel to the next; 1 and 2 share them, 0 is any.
EB_INLINE void row_3x3(const block *b, const __m512i w[3][vectors], const size_t offsets[3][3], size_t step,
                       const int8_t *in, size_t in_stride, size_t count, int8_t *out, size_t out_stride) {
  __m512i column[vectors], sums[vectors], next[vectors];
  if (step == 1) {
    // Each column is loaded once and serves three pixels: their last, middle and first column.
    load_column(in, offsets[0], column);
    add_column(b->bias, column, w[0], sums);
    load_column(in, offsets[1], column);
    add_column(sums, column, w[1], sums);
    add_column(b->bias, column, w[0], next);
    for (size_t i = 0; i < count; i++, in += in_stride, out += out_stride) {
      __m512i done[vectors];
      load_column(in, offsets[2], column);
      add_column(sums, column, w[2], done);
      add_column(next, column, w[1], sums);
      add_column(b->bias, column, w[0], next);
      store(b, done, out);
    }
    return;
  }
  if (step == 2) load_column(in, offsets[0], column);
  for (size_t i = 0; i < count; i++, in += in_stride, out += out_stride) {
    if (step != 2) load_column(in, offsets[0], column);
    add_column(b->bias, column, w[0], sums);
    load_column(in, offsets[1], column);
    add_column(sums, column, w[1], sums);
    load_column(in, offsets[2], column);
    add_column(sums, column, w[2], sums);
    store(b, sums, out);
  }
}

EB_INLINE void rows_3x3(const eb_qs8_dwconv_job *job, const block *b, size_t step, const int8_t *weights,
                        const int8_t *in, int8_t *out) {
  __m512i w[3][vectors];
  size_t offsets[3][3];
  for (size_t g = 0; g < 3; g++) {
    load_weights(weights + g * block_channels * tap_group, w[g]);
    for (size_t t = 0; t < 3; t++) offsets[g][t] = job->tap_offsets[g * tap_group + t];
  }
  const size_t rows = job->rows, count = job->count, in_stride = job->in_stride, out_stride = job->channels;
  const size_t in_row_stride = job->in_row_stride, out_row_stride = job->out_row_stride;
  for (size_t y = 0; y < rows; y++, in += in_row_stride, out += out_row_stride) {
    row_3x3(b, w, offsets, step, in, in_stride, count, out, out_stride);
  }
}

EB_INLINE void qs8(const eb_qs8_dwconv_job *job, bool clamps, const int8_t *in, int8_t *out) {
  for (size_t c = 0; c < job->channels; c += block_channels, in += block_channels, out += block_channels) {
    const int8_t *weights = job->weights + c / block_channels * job->block_bytes;
    const block b = block_of(job, c, clamps);
    if (!job->is_by_columns) {
      for (size_t y = 0; y < job->rows; y++) {
        any_taps(job, &b, weights, in + y * job->in_row_stride, job->count, out + y * job->out_row_stride);
      }
      continue;
    }
    const size_t column_step = job->tap_offsets[4] - job->tap_offsets[0];
    const bool is_even = job->tap_offsets[8] - job->tap_offsets[0] == 2 * column_step;
    if (is_even && column_step == job->in_stride) {
      rows_3x3(job, &b, 1, weights, in, out);
    } else if (is_even && 2 * column_step == job->in_stride) {
      rows_3x3(job, &b, 2, weights, in, out);
    } else {
      rows_3x3(job, &b, 0, weights, in, out);
    }
  }
}

void eb_qs8_dwconv__avx512vnni(const eb_qs8_dwconv_job *job, const int8_t *in, int8_t *out) {
  if (job->count == 0) return;
  if (scales_are_below_one(job->scales, eb_round_up(job->channels, block_channels))) {
    qs8(job, false, in, out);
  } else {
    qs8(job, true, in, out);
  }
}

void eb_qd8_dwconv__avx512vnni(const eb_qs8_dwconv_job *job, const int8_t *in, float *out) {
  const __m512 min = _mm512_set1_ps(job->min), max = _mm512_set1_ps(job->max);
  const __m512i factor = _mm512_set1_epi32(-(job->range.zero_point + 128));
  for (size_t channel = 0; channel < job->channels; channel += block_channels) {
    const int8_t *weights = job->weights + channel / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - channel);
    for (size_t i = 0; i < job->rows * job->count; i++) {
      const size_t y = i / job->count, x = i % job->count;
      const int8_t *pixel = in + y * job->in_row_stride + x * job->in_stride + channel;
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
      float rest[block_channels], *const channels = out + y * job->out_row_stride + x * job->channels + channel;
      float *const reals = left == block_channels ? channels : rest;
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
      if (left != block_channels) memcpy(channels, rest, left * sizeof(float));
    }
  }
}

#pragma clang attribute pop
#endif
