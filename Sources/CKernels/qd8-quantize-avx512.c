// Quantizes f32 on the fly, 64 values at a time.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-vector.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#include "qs8-requantize-avx512.h"

// Values beyond every step stay within what the conversion takes.
EB_INLINE __m512i steps16(const requantization *q, __mmask64 mask, const float *values, __m512 inverse_scale) {
  const __m512 steps = _mm512_mul_ps(_mm512_maskz_loadu_ps((__mmask16)mask, values), inverse_scale);
  return _mm512_cvtps_epi32(_mm512_min_ps(steps, q->max_less_zero_point));
}

EB_INLINE __m512i steps64(const requantization *q, __mmask64 mask, const float *values, __m512 scale) {
  const __m512i low = _mm512_packs_epi32(steps16(q, mask, values, scale), steps16(q, mask >> 16, values + 16, scale));
  const __m512i high =
      _mm512_packs_epi32(steps16(q, mask >> 32, values + 32, scale), steps16(q, mask >> 48, values + 48, scale));
  const __m512i steps =
      _mm512_packs_epi16(_mm512_adds_epi16(low, q->zero_point), _mm512_adds_epi16(high, q->zero_point));
  return _mm512_permutexvar_epi32(q->lane_order, steps);
}

void eb_qd8_quantize__avx512(const float *values, size_t count, float inverse_scale, int32_t zero_point, int8_t *out) {
  const eb_qs8_output output = eb_qs8_output_of(zero_point, -128, 127);
  const requantization q = requantization_of(&output);
  const __m512 scale = _mm512_set1_ps(inverse_scale);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) _mm512_storeu_si512(out + i, steps64(&q, UINT64_MAX, values + i, scale));
  if (i == count) return;
  const __mmask64 mask = (1ull << (count - i)) - 1;
  _mm512_mask_storeu_epi8(out + i, mask, steps64(&q, mask, values + i, scale));
}

// A NaN leaves what there is: the second operand of both instructions.
void eb_qd8_extremes__avx512(const float *values, size_t count, float *min, float *max) {
  __m512 low[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()}, high[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    for (size_t v = 0; v < 2; v++) {
      const __m512 x = _mm512_loadu_ps(values + i + v * 16);
      low[v] = _mm512_min_ps(x, low[v]);
      high[v] = _mm512_max_ps(x, high[v]);
    }
  }
  for (size_t v = 0; i < count; i += 16, v++) {
    const __mmask16 mask = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
    const __m512 x = _mm512_maskz_loadu_ps(mask, values + i);  // zeros change nothing
    low[v] = _mm512_min_ps(x, low[v]);
    high[v] = _mm512_max_ps(x, high[v]);
  }
  *min = _mm512_reduce_min_ps(_mm512_min_ps(low[0], low[1]));
  *max = _mm512_reduce_max_ps(_mm512_max_ps(high[0], high[1]));
}

#pragma clang attribute pop
#endif
