// IEEE 754 binary16, converted in portable C.
#ifndef EB_F32_HALF_H
#define EB_F32_HALF_H

#include <stdint.h>
#include <string.h>

// The nearest half, ties to even; beyond 65520 infinity, NaN stays NaN (quiet).
static inline uint16_t eb_half_from_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);  // 65520 rounds to infinity
  if (magnitude < 0x38800000) {                                   // below 2^-14: a subnormal half, in steps of 2^-24
    if (magnitude <= 0x33000000) return (uint16_t)sign;           // up to half a step
    uint32_t shift = 126 - (magnitude >> 23), significand = (magnitude & 0x7fffff) | 0x800000;
    uint32_t kept = significand >> shift, rest = significand & ((1u << shift) - 1), half = 1u << (shift - 1);
    return (uint16_t)(sign | (kept + (rest > half || (rest == half && (kept & 1)))));
  }
  uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
  return (uint16_t)(sign | ((rounded - 0x38000000) >> 13));
}

// Exact.
static inline float eb_half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, significand = half & 0x3ff;
  uint32_t bits;
  if (exponent == 0) {
    float subnormal = (float)significand * 0x1p-24f;
    memcpy(&bits, &subnormal, sizeof bits);
    bits |= sign;
  } else {
    bits = sign | (exponent == 31 ? 0x7f800000 : (exponent + 112) << 23) | significand << 13;
  }
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
