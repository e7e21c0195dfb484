// Depthwise convolution for AArch64 without the dot product: a tap at a time, 16-bit products added to 32-bit sums.
#if defined(__aarch64__)
#include "qs8-dwconv.h"
#include "qs8-requantize-neon.h"

EB_INLINE void accumulate(const eb_qs8_dwconv_job *job, const int8_t *in, const int8_t *weights, int32x4_t sums[4]) {
  for (size_t t = 0; t < job->taps; t++) {
    const int8x16_t x = vld1q_s8(in + job->tap_offsets[t]), w = vld1q_s8(weights + t * 16);
    const int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(w)), high = vmull_high_s8(x, w);
    sums[0] = vaddw_s16(sums[0], vget_low_s16(low));
    sums[1] = vaddw_high_s16(sums[1], low);
    sums[2] = vaddw_s16(sums[2], vget_low_s16(high));
    sums[3] = vaddw_high_s16(sums[3], high);
  }
}

#define EB_QS8_DWCONV eb_qs8_dwconv__neon
#define EB_QD8_DWCONV eb_qd8_dwconv__neon
#include "qs8-dwconv-neon-body.h"

#endif
