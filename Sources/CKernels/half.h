// f16 and f32 in each other's terms, with integers only. Without branches, so that loops vectorise.
#ifndef EB_HALF_H
#define EB_HALF_H

#include <stdint.h>

#include "vector-math.h"

// Exact. NaN keeps the payload's upper bits and becomes quiet.
static inline float eb_f32_from_f16(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7FFFu;
  // Bias 15 to bias 127; infinity and NaN keep the largest exponent.
  const uint32_t normal = (magnitude << 13) + (magnitude >= 0x7C00u ? 0x70000000u : 0x38000000u);
  const uint32_t quiet = magnitude > 0x7C00u ? 0x00400000u : 0u;
  // A subnormal is magnitude * 2^-24, exact in f32.
  const uint32_t subnormal = eb_bits((float)(int32_t)magnitude * 5.9604645e-8f);
  return eb_from_bits(sign | (magnitude < 0x0400u ? subnormal : normal | quiet));
}

// Half to even; from 65520 on infinity; NaN stays NaN.
static inline uint16_t eb_f16_from_f32(float x) {
  const uint32_t bits = eb_bits(x);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  const uint32_t odd = (magnitude >> 13) & 1u;
  const uint32_t normal = (magnitude - 0x38000000u + 0x0FFFu + odd) >> 13;
  // Below 2^-14: adding 0.5 leaves steps of 2^-24 in the sum's last bits, rounded half to even.
  const uint32_t subnormal = eb_bits(eb_from_bits(magnitude) + 0.5f) - 0x3F000000u;
  uint32_t result = magnitude < 0x38800000u ? subnormal : normal;
  result = magnitude >= 0x477FF000u ? 0x7C00u : result;
  result = magnitude > 0x7F800000u ? 0x7E00u | ((magnitude >> 13) & 0x01FFu) : result;
  return (uint16_t)(sign | result);
}

#endif
