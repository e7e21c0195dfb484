// Int8 addition, 64 elements at a time.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-vector.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#include "qs8-requantize-avx512.h"

EB_INLINE __m512 load16(const int8_t *at) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)at)));
}

EB_INLINE __m512i sum16(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b) {
  const __m512 rest = _mm512_fmadd_ps(load16(b), _mm512_set1_ps(job->b_scale), _mm512_set1_ps(job->offset));
  return _mm512_cvtps_epi32(_mm512_fmadd_ps(load16(a), _mm512_set1_ps(job->a_scale), rest));
}

EB_INLINE __m512i sum64(const eb_qs8_binary_job *job, const requantization *q, const int8_t *a, const int8_t *b) {
  const __m512i low = _mm512_packs_epi32(sum16(job, a, b), sum16(job, a + 16, b + 16));
  const __m512i high = _mm512_packs_epi32(sum16(job, a + 32, b + 32), sum16(job, a + 48, b + 48));
  const __m512i steps =
      _mm512_packs_epi16(_mm512_adds_epi16(low, q->zero_point), _mm512_adds_epi16(high, q->zero_point));
  return _mm512_permutexvar_epi32(q->lane_order, _mm512_min_epi8(_mm512_max_epi8(steps, q->min), q->max));
}

void eb_qs8_add__avx512(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out) {
  const eb_qs8_binary_job copy = *job;
  const requantization q = requantization_of(&copy.output);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) _mm512_storeu_si512(out + i, sum64(&copy, &q, a + i, b + i));
  if (i == count) return;
  int8_t rest_a[64] = {0}, rest_b[64] = {0};
  memcpy(rest_a, a + i, count - i);
  memcpy(rest_b, b + i, count - i);
  _mm512_mask_storeu_epi8(out + i, (1ull << (count - i)) - 1, sum64(&copy, &q, rest_a, rest_b));
}

#pragma clang attribute pop
#endif
