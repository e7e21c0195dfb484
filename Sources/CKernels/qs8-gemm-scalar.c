#include "qs8-gemm.h"

// Sums in unsigned arithmetic: where a sum exceeds 32 bits, all kernels wrap alike.
static void accumulate(const eb_qs8_gemm *g, const int8_t *row, const int8_t *weights, uint32_t sums[EB_QS8_NR]) {
  for (size_t i = 0; i < g->outer; i++) {
    for (size_t j = 0; j < g->inner; j++) {
      const int8_t *x = row + i * g->outer_stride + j * g->inner_stride;
      for (size_t k = 0; k < g->segment_groups; k++, x += EB_QS8_KR, weights += EB_QS8_NR * EB_QS8_KR) {
        for (size_t c = 0; c < EB_QS8_NR; c++) {
          const int8_t *w = weights + c * EB_QS8_KR;
          sums[c] += (uint32_t)(x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3]);
        }
      }
    }
  }
}

void eb_qs8_gemm__scalar(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, int8_t *out) {
  for (size_t r = 0; r < row_count; r++, out += g->out_stride) {
    for (size_t n = 0; n < g->channels; n += EB_QS8_NR) {
      uint32_t sums[EB_QS8_NR];
      memcpy(sums, g->bias + n, sizeof sums);
      accumulate(g, rows[r], g->weights + n / EB_QS8_NR * g->block_bytes, sums);
      const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
      for (size_t c = 0; c < count; c++) {
        out[n + c] = eb_qs8_requantize((int32_t)sums[c], g->scales[n + c], &g->output);
      }
    }
  }
}

void eb_qd8_gemm__scalar(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, float *out) {
  for (size_t r = 0; r < row_count; r++, out += g->out_stride) {
    const eb_qd8_range range = g->ranges[r * g->range_step];
    for (size_t n = 0; n < g->channels; n += EB_QS8_NR) {
      uint32_t sums[EB_QS8_NR];
      for (size_t c = 0; c < EB_QS8_NR; c++) sums[c] = 0u - (uint32_t)range.zero_point * (uint32_t)g->bias[n + c];
      accumulate(g, rows[r], g->weights + n / EB_QS8_NR * g->block_bytes, sums);
      const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
      for (size_t c = 0; c < count; c++) {
        out[n + c] =
            eb_qd8_dequantize((int32_t)sums[c], range.scale * g->scales[n + c], g->real_bias[n + c], g->min, g->max);
      }
    }
  }
}
