// Turns 32-bit sums into 8-bit steps, 64 at a time. Included inside a file's AVX-512 target attribute.
#ifndef EB_QS8_REQUANTIZE_AVX512_H
#define EB_QS8_REQUANTIZE_AVX512_H

#include <immintrin.h>

#include "qs8-internal.h"

#define EB_INLINE static inline __attribute__((always_inline))

// What turns sums into steps, held in registers: stores of bytes may alias anything in memory.
typedef struct {
  __m512 max_less_zero_point;
  __m512i zero_point, min, max;
  __m512i lane_order;
} requantization;

EB_INLINE requantization requantization_of(const eb_qs8_output *output) {
  __m512i lane_order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __asm__("" : "+v"(lane_order));  // one vpermd, which the compiler would take apart if it knew the order
  return (requantization){
      .max_less_zero_point = _mm512_set1_ps(output->max_less_zero_point),
      .zero_point = _mm512_set1_epi16((int16_t)output->zero_point),
      .min = _mm512_set1_epi8((char)output->min),
      .max = _mm512_set1_epi8((char)output->max),
      .lane_order = lane_order,
  };
}

// Whether no scaled sum can reach 2^31, where the conversion to integers would turn it negative.
EB_INLINE bool scales_are_below_one(const float *scales, size_t count) {
  __mmask16 others = 0;
  for (size_t i = 0; i < count; i += 16) {
    others |= _mm512_cmp_ps_mask(_mm512_abs_ps(_mm512_loadu_ps(scales + i)), _mm512_set1_ps(1), _CMP_NLT_UQ);
  }
  return others == 0;
}

// round(sums * scale); `clamps` first where that may overflow.
EB_INLINE __m512i scaled(const requantization *q, __m512i sums, __m512 scale, bool clamps) {
  __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale);
  if (clamps) product = _mm512_min_ps(product, q->max_less_zero_point);
  return _mm512_cvtps_epi32(product);
}

// Packs within 128-bit lanes: lane l gets the four sums of lane l of sums[0], then those of sums[1], [2] and [3].
// Packing saturates; the clamp to the output's range follows.
EB_INLINE __m512i packed_steps(const requantization *q, const __m512i sums[4], const __m512 scales[4], bool clamps) {
  const __m512i low = _mm512_packs_epi32(scaled(q, sums[0], scales[0], clamps), scaled(q, sums[1], scales[1], clamps));
  const __m512i high = _mm512_packs_epi32(scaled(q, sums[2], scales[2], clamps), scaled(q, sums[3], scales[3], clamps));
  const __m512i steps =
      _mm512_packs_epi16(_mm512_adds_epi16(low, q->zero_point), _mm512_adds_epi16(high, q->zero_point));
  return _mm512_min_epi8(_mm512_max_epi8(steps, q->min), q->max);
}

// The same in order: lane i from sums[i].
EB_INLINE __m512i ordered_steps(const requantization *q, const __m512i sums[4], const __m512 scales[4], bool clamps) {
  return _mm512_permutexvar_epi32(q->lane_order, packed_steps(q, sums, scales, clamps));
}

#endif
