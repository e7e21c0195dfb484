// The reference: panels of 4 columns, up to 4 rows, one multiplication and one addition at a time.
#include "f32-kernels-scalar.h"
#include "half.h"
#include "vector-math.h"

enum { width = 4, max_rows = 4 };

static inline void gemm(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride,
                        const float *bias, const void *w, bool half, float *c, ptrdiff_t c_stride, float min,
                        float max) {
  for (size_t m = 0; m < rows; m++) {
    float sum[width] = {bias[0], bias[1], bias[2], bias[3]};
    for (size_t o = 0; o < taps->outer; o++) {
      for (size_t i = 0; i < taps->inner; i++) {
        const float *row = a + (ptrdiff_t)m * a_stride + (ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner;
        size_t w_first = (o * taps->w_outer + i * taps->w_inner) * width;
        for (size_t k = 0; k < taps->length; k++) {
          for (size_t n = 0; n < width; n++) {
            size_t at = w_first + k * width + n;
            float weight = half ? eb_f32_from_f16(((const uint16_t *)w)[at]) : ((const float *)w)[at];
            sum[n] += row[k] * weight;
          }
        }
      }
    }
    for (size_t n = 0; n < columns; n++) c[(ptrdiff_t)m * c_stride + (ptrdiff_t)n] = eb_clamp(sum[n], min, max);
  }
}

void eb_f32_gemm_minmax_ukernel_4x4__scalar(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a,
                                            ptrdiff_t a_stride, const float *bias, const void *w, float *c,
                                            ptrdiff_t c_stride, float min, float max) {
  gemm(rows, columns, taps, a, a_stride, bias, w, false, c, c_stride, min, max);
}

void eb_f32_f16w_gemm_minmax_ukernel_4x4__scalar(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a,
                                                 ptrdiff_t a_stride, const float *bias, const void *w, float *c,
                                                 ptrdiff_t c_stride, float min, float max) {
  gemm(rows, columns, taps, a, a_stride, bias, w, true, c, c_stride, min, max);
}
