// Four halves as f32, as eb_f32_from_f16. The conversion instruction is optional on ARMv7 and no capability bit tells
// of it, so this does it with integers. For files of target "neon".
#ifndef EB_HALF_ARMV7NEON_H
#define EB_HALF_ARMV7NEON_H

#include <arm_neon.h>

static inline float32x4_t eb_f32x4_from_f16(const uint16_t *halves) {
  const uint32x4_t bits = vmovl_u16(vld1_u16(halves));
  const uint32x4_t magnitude = vandq_u32(bits, vdupq_n_u32(0x7FFF));
  const uint32x4_t sign = vshlq_n_u32(vbicq_u32(bits, magnitude), 16);
  // Bias 15 to bias 127; infinity and NaN keep the largest exponent.
  const uint32x4_t is_finite = vcltq_u32(magnitude, vdupq_n_u32(0x7C00));
  const uint32x4_t bias = vbslq_u32(is_finite, vdupq_n_u32(0x38000000), vdupq_n_u32(0x70000000));
  const uint32x4_t normal = vaddq_u32(vshlq_n_u32(magnitude, 13), bias);
  // A subnormal half is a normal f32: NEON would take a subnormal f32 for 0.
  const uint32x4_t subnormal = vreinterpretq_u32_f32(vmulq_n_f32(vcvtq_f32_u32(magnitude), 0x1p-24f));
  const uint32x4_t value = vbslq_u32(vcltq_u32(magnitude, vdupq_n_u32(0x0400)), subnormal, normal);
  return vreinterpretq_f32_u32(vorrq_u32(value, sign));
}

#endif
