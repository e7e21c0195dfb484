// A depthwise convolution (multiplier 1) over one NHWC image.
#ifndef EB_F32_DWCONVOLVE_H
#define EB_F32_DWCONVOLVE_H

#include "f32-convolve.h"

// One share, of rows or columns, by which are more. `packed` of the convolution is eb_f32_pack_dwconv's;
// `pixel_channels` are the channels, `channels` is 1.
void eb_f32_dwconvolve(const eb_f32_kernels *kernels, const eb_f32_layout *layout,
                       const eb_f32_convolution *convolution, eb_f32_share share, const float *in, float *out);

#endif
