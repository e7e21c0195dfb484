// One group of a convolution over NHWC, as rectangles of pixels that see the same taps.
#ifndef EB_F32_CONVOLVE_H
#define EB_F32_CONVOLVE_H

#include "f32-axis.h"
#include "f32-product.h"

typedef struct {
  eb_f32_axis y, x;
  size_t pixel_channels;      // of the input: distance of pixels
  size_t channels, columns;   // of this group, in and out
  ptrdiff_t c_line, c_pixel;  // of the output, in floats
  const void *packed;         // depth: y.taps * x.taps * channels
  bool half;
  float min, max;
} eb_f32_convolution;

// `in` is the group's first channel of the image's first pixel; `out` of the first output.
void eb_f32_convolve(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_convolution *convolution,
                     eb_f32_share share, const float *in, float *out);

#endif
