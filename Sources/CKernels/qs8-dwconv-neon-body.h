// What the NEON depthwise convolutions share: runs of blocks of 16 channels. The includer defines
//   accumulate(job, in, weights, sums): adds the products of 16 channels, first to last; or EB_QS8_TAP_BY_TAP, for the
//     one below
//   EB_QS8_DWCONV, EB_QD8_DWCONV: the kernels' names.

enum { block_channels = 16 };

#ifdef EB_QS8_TAP_BY_TAP
// 16-bit products added to 32-bit sums.
EB_INLINE void accumulate(const eb_qs8_dwconv_job *job, const int8_t *in, const int8_t *weights, int32x4_t sums[4]) {
  for (size_t t = 0; t < job->taps; t++) {
    const int8x16_t x = vld1q_s8(in + job->tap_offsets[t]), w = vld1q_s8(weights + t * 16);
    const int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(w));
    const int16x8_t high = vmull_s8(vget_high_s8(x), vget_high_s8(w));
    sums[0] = vaddw_s16(sums[0], vget_low_s16(low));
    sums[1] = vaddw_s16(sums[1], vget_high_s16(low));
    sums[2] = vaddw_s16(sums[2], vget_low_s16(high));
    sums[3] = vaddw_s16(sums[3], vget_high_s16(high));
  }
}
#endif

void EB_QS8_DWCONV(const eb_qs8_dwconv_job *job, const int8_t *in, int8_t *out) {
  const eb_qs8_neon_output output = eb_qs8_neon_output_of(&job->output);
  for (size_t c = 0; c < job->channels; c += block_channels) {
    const int8_t *weights = job->weights + c / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - c);
    for (size_t y = 0; y < job->rows; y++) {
      const int8_t *pixel = in + y * job->in_row_stride + c;
      int8_t *run = out + y * job->out_row_stride + c;
      for (size_t x = 0; x < job->count; x++, pixel += job->in_stride, run += job->channels) {
        int32x4_t sums[4];
        EB_UNROLL for (size_t q = 0; q < 4; q++) sums[q] = vld1q_s32(job->bias + c + q * 4);
        accumulate(job, pixel, weights, sums);
        eb_qs8_neon_store(eb_qs8_neon_requantize(sums, job->scales + c, &output), left, run);
      }
    }
  }
}

void EB_QD8_DWCONV(const eb_qs8_dwconv_job *job, const int8_t *in, float *out) {
  for (size_t c = 0; c < job->channels; c += block_channels) {
    const int8_t *weights = job->weights + c / block_channels * job->block_bytes;
    const size_t left = eb_min_u64(block_channels, job->channels - c);
    for (size_t y = 0; y < job->rows; y++) {
      const int8_t *pixel = in + y * job->in_row_stride + c;
      float *run = out + y * job->out_row_stride + c;
      for (size_t x = 0; x < job->count; x++, pixel += job->in_stride, run += job->channels) {
        int32x4_t sums[4];
        EB_UNROLL for (size_t q = 0; q < 4; q++) {
          sums[q] = vmulq_n_s32(vld1q_s32(job->bias + c + q * 4), -job->range.zero_point);
        }
        accumulate(job, pixel, weights, sums);
        eb_qd8_neon_store(sums, job->range.scale, job->scales + c, job->real_bias + c, job->min, job->max, left, run);
      }
    }
  }
}
