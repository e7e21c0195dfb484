#include <math.h>

#include "f32-kernels-scalar.h"
#include "vector-math.h"

void eb_f32_maxpool_minmax_ukernel__scalar(size_t channels, const eb_f32_taps *taps, const float *a, float scale,
                                           float *c, float min, float max) {
  (void)scale;
  for (size_t n = 0; n < channels; n++) {
    float largest = -INFINITY;
    for (size_t o = 0; o < taps->outer; o++) {
      for (size_t i = 0; i < taps->inner; i++) {
        float value = a[(ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner + (ptrdiff_t)n];
        largest = largest > value ? largest : value;
      }
    }
    c[n] = eb_clamp(largest, min, max);
  }
}

void eb_f32_avgpool_minmax_ukernel__scalar(size_t channels, const eb_f32_taps *taps, const float *a, float scale,
                                           float *c, float min, float max) {
  for (size_t n = 0; n < channels; n++) {
    float sum = 0;
    for (size_t o = 0; o < taps->outer; o++) {
      for (size_t i = 0; i < taps->inner; i++) {
        sum += a[(ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner + (ptrdiff_t)n];
      }
    }
    c[n] = eb_clamp(sum * scale, min, max);
  }
}
