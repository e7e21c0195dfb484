// Accumulators of 16 channels to 8-bit steps, or to reals, as the scalar kernels do it bit for bit.
#ifndef EB_QS8_REQUANTIZE_NEON_H
#define EB_QS8_REQUANTIZE_NEON_H

#include <arm_neon.h>

#include "qs8-gemm.h"

#define EB_INLINE static inline __attribute__((always_inline))
#define EB_UNROLL _Pragma("clang loop unroll(full)")

typedef struct {
  float32x4_t max;  // less the zero point
  int16x8_t zero_point;
  int8x16_t min;
} eb_qs8_neon_output;

EB_INLINE eb_qs8_neon_output eb_qs8_neon_output_of(const eb_qs8_output *output) {
  return (eb_qs8_neon_output){
      .max = vdupq_n_f32(output->max_less_zero_point),
      .zero_point = vdupq_n_s16((int16_t)output->zero_point),
      .min = vdupq_n_s8((int8_t)output->min),
  };
}

// round(min(sums * scale, max)), half to even; NaN gives `max`. What lies below the clamp's other end, even below
// 32 bits, saturates until it is clamped after packing.
EB_INLINE int32x4_t eb_qs8_neon_scaled(int32x4_t sums, float32x4_t scale, float32x4_t max) {
  const float32x4_t steps = vmulq_f32(vcvtq_f32_s32(sums), scale);
#if defined(__aarch64__)
  return vcvtnq_s32_f32(vminnmq_f32(steps, max));
#else
  // As eb_round_to_even, which needs a bound below: any that the clamp after packing exceeds.
  const float32x4_t bounded = vmaxq_f32(vbslq_f32(vcltq_f32(steps, max), steps, max), vdupq_n_f32(-512));
  const float32x4_t shifted = vaddq_f32(bounded, vdupq_n_f32(12582912.0f));
  return vsubq_s32(vreinterpretq_s32_f32(shifted), vdupq_n_s32(0x4B400000));
#endif
}

EB_INLINE int8x16_t eb_qs8_neon_requantize(const int32x4_t sums[4], const float *scales, const eb_qs8_neon_output *o) {
  int32x4_t steps[4];
  EB_UNROLL for (size_t q = 0; q < 4; q++) steps[q] = eb_qs8_neon_scaled(sums[q], vld1q_f32(scales + q * 4), o->max);
  const int16x8_t low = vcombine_s16(vqmovn_s32(steps[0]), vqmovn_s32(steps[1]));
  const int16x8_t high = vcombine_s16(vqmovn_s32(steps[2]), vqmovn_s32(steps[3]));
  const int8x8_t first = vqmovn_s16(vqaddq_s16(low, o->zero_point));
  const int8x8_t second = vqmovn_s16(vqaddq_s16(high, o->zero_point));
  return vmaxq_s8(vcombine_s8(first, second), o->min);
}

EB_INLINE void eb_qs8_neon_store(int8x16_t steps, size_t count, int8_t *out) {
  if (count == 16) {
    vst1q_s8(out, steps);
  } else {
    int8_t bytes[16];
    vst1q_s8(bytes, steps);
    memcpy(out, bytes, count);
  }
}

// clamp(sums * (range_scale * scales) + bias, min, max) of `count` channels.
EB_INLINE void eb_qd8_neon_store(const int32x4_t sums[4], float range_scale, const float *scales, const float *bias,
                                 float min, float max, size_t count, float *out) {
#pragma STDC FP_CONTRACT OFF
  const float32x4_t low = vdupq_n_f32(min), high = vdupq_n_f32(max);
  float reals[16];
  EB_UNROLL for (size_t q = 0; q < 4; q++) {
    const float32x4_t scale = vmulq_n_f32(vld1q_f32(scales + q * 4), range_scale);
    const float32x4_t product = vmulq_f32(vcvtq_f32_s32(sums[q]), scale);
    float32x4_t real = vaddq_f32(product, vld1q_f32(bias + q * 4));
    real = vbslq_f32(vcgtq_f32(real, low), real, low);
    vst1q_f32(reals + q * 4, vbslq_f32(vcltq_f32(real, high), real, high));
  }
  memcpy(out, reals, count * sizeof(float));
}

#endif
