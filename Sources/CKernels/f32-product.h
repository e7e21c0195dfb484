// A rectangle of output pixels times packed weights: panels and tiles for the GEMM microkernels.
#ifndef EB_F32_PRODUCT_H
#define EB_F32_PRODUCT_H

#include <stdbool.h>

#include "f32-kernels.h"
#include "f32-layout.h"

// Pixel (l, p) reads a + l * a_line + p * a_pixel + taps and writes `columns` floats at c + l * c_line +
// p * c_pixel. Strides are in floats.
typedef struct {
  size_t lines, pixels;
  const float *a;
  ptrdiff_t a_line, a_pixel;
  float *c;
  ptrdiff_t c_line, c_pixel;
  eb_f32_taps taps;
  const void *packed;  // eb_f32_pack_gemm of `depth` x `columns`
  size_t depth, columns;
  size_t w_first;  // the step of k that the taps start at
  bool half;
  float min, max;
} eb_f32_product;

void eb_f32_multiply(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_product *product);

#endif
