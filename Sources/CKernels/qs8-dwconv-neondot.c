// Depthwise convolution for AArch64 with the dot product: 4 taps interleaved, so that sdot sums them channel by
// channel.
#if defined(__aarch64__)
#include "qs8-dwconv.h"
#include "qs8-requantize-neon.h"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

EB_INLINE int8x16_t zipped(int16x8_t pairs) { return vreinterpretq_s8_s16(pairs); }

EB_INLINE void accumulate(const eb_qs8_dwconv_job *job, const int8_t *in, const int8_t *weights, int32x4_t sums[4]) {
  const size_t *offsets = job->tap_offsets;
  for (size_t g = 0; g < job->tap_groups; g++, offsets += 4, weights += 64) {
    const int8x16_t a = vld1q_s8(in + offsets[0]), b = vld1q_s8(in + offsets[1]);
    const int8x16_t c = vld1q_s8(in + offsets[2]), d = vld1q_s8(in + offsets[3]);
    const int16x8_t ab_low = vreinterpretq_s16_s8(vzip1q_s8(a, b)), ab_high = vreinterpretq_s16_s8(vzip2q_s8(a, b));
    const int16x8_t cd_low = vreinterpretq_s16_s8(vzip1q_s8(c, d)), cd_high = vreinterpretq_s16_s8(vzip2q_s8(c, d));
    sums[0] = vdotq_s32(sums[0], zipped(vzip1q_s16(ab_low, cd_low)), vld1q_s8(weights));
    sums[1] = vdotq_s32(sums[1], zipped(vzip2q_s16(ab_low, cd_low)), vld1q_s8(weights + 16));
    sums[2] = vdotq_s32(sums[2], zipped(vzip1q_s16(ab_high, cd_high)), vld1q_s8(weights + 32));
    sums[3] = vdotq_s32(sums[3], zipped(vzip2q_s16(ab_high, cd_high)), vld1q_s8(weights + 48));
  }
}

#define EB_QS8_DWCONV eb_qs8_dwconv__neondot
#define EB_QD8_DWCONV eb_qd8_dwconv__neondot
#include "qs8-dwconv-neon-body.h"

#pragma clang attribute pop
#endif
