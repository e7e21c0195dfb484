#include "qs8-dwconv.h"

// Layout: blocks of one channel, groups of one tap.
static int32_t sum_of(const eb_qs8_dwconv_job *job, const int8_t *in, size_t channel, uint32_t start) {
  const int8_t *weights = job->weights + channel * job->block_bytes;
  uint32_t sum = start;
  for (size_t t = 0; t < job->taps; t++) sum += (uint32_t)(in[job->tap_offsets[t] + channel] * weights[t]);
  return (int32_t)sum;
}

void eb_qs8_dwconv__scalar(const eb_qs8_dwconv_job *job, const int8_t *in, int8_t *out) {
  for (size_t y = 0; y < job->rows; y++) {
    for (size_t x = 0; x < job->count; x++) {
      const int8_t *pixel = in + y * job->in_row_stride + x * job->in_stride;
      int8_t *run = out + y * job->out_row_stride + x * job->channels;
      for (size_t c = 0; c < job->channels; c++) {
        run[c] = eb_qs8_requantize(sum_of(job, pixel, c, (uint32_t)job->bias[c]), job->scales[c], &job->output);
      }
    }
  }
}

void eb_qd8_dwconv__scalar(const eb_qs8_dwconv_job *job, const int8_t *in, float *out) {
  for (size_t y = 0; y < job->rows; y++) {
    for (size_t x = 0; x < job->count; x++) {
      const int8_t *pixel = in + y * job->in_row_stride + x * job->in_stride;
      float *run = out + y * job->out_row_stride + x * job->channels;
      for (size_t c = 0; c < job->channels; c++) {
        const uint32_t start = 0u - (uint32_t)job->range.zero_point * (uint32_t)job->bias[c];
        run[c] = eb_qd8_dequantize(sum_of(job, pixel, c, start), job->range.scale * job->scales[c], job->real_bias[c],
                                   job->min, job->max);
      }
    }
  }
}
