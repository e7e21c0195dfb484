// The reference: blocks of 4 channels, or of 1.
#include "f32-kernels-scalar.h"
#include "half.h"
#include "vector-math.h"

static inline void dwconv(size_t width, size_t pixels, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride,
                          const float *bias, const void *w, bool half, float *c, ptrdiff_t c_stride, float min,
                          float max) {
  for (size_t p = 0; p < pixels; p++) {
    for (size_t n = 0; n < width; n++) {
      float sum = bias[n];
      for (size_t o = 0; o < taps->outer; o++) {
        for (size_t i = 0; i < taps->inner; i++) {
          ptrdiff_t from = (ptrdiff_t)p * a_stride + (ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner;
          size_t at = (o * taps->w_outer + i * taps->w_inner) * width + n;
          float weight = half ? eb_f32_from_f16(((const uint16_t *)w)[at]) : ((const float *)w)[at];
          sum += a[from + (ptrdiff_t)n] * weight;
        }
      }
      c[(ptrdiff_t)p * c_stride + (ptrdiff_t)n] = eb_clamp(sum, min, max);
    }
  }
}

#define EB_DWCONV(name, width, half)                                                                       \
  void name(size_t pixels, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, const float *bias, \
            const void *w, float *c, ptrdiff_t c_stride, float min, float max) {                           \
    dwconv(width, pixels, taps, a, a_stride, bias, w, half, c, c_stride, min, max);                        \
  }
EB_DWCONV(eb_f32_dwconv_minmax_ukernel_1p4c__scalar, 4, false)
EB_DWCONV(eb_f32_f16w_dwconv_minmax_ukernel_1p4c__scalar, 4, true)
EB_DWCONV(eb_f32_dwconv_minmax_ukernel_1p1c__scalar, 1, false)
EB_DWCONV(eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar, 1, true)
