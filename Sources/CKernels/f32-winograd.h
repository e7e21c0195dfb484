// Winograd's minimal filtering F(2x2, 3x3): a tile of 2x2 outputs of a 3x3 convolution of stride 1 from 16
// products instead of 36, for 16/9 of the weights' size.
//
// Each of the 16 positions of a transformed tile is a product of its own: V[position] = tiles x channels times
// U[position] = channels x columns. Tiles go through in blocks that fit the scratch.
//
// - Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), arXiv:1509.09308, 4.1.
#ifndef EB_F32_WINOGRAD_H
#define EB_F32_WINOGRAD_H

#include <stdbool.h>

#include "eb_operators.h"
#include "f32-kernels.h"
#include "f32-layout.h"

#define EB_F32_WINOGRAD_POSITIONS 16u

// Whether a convolution with sane parameters can run so, and whether it gains enough by it: all weights of the
// layer are small, and the channels many enough to pay for the transforms.
bool eb_f32_winograd_applies(const eb_conv2d_params *params);
bool eb_f32_winograd_pays(const eb_conv2d_params *params);

// Of parameters that it applies to. False on overflow.
bool eb_f32_winograd_packed_bytes(const eb_conv2d_params *params, uint64_t *bytes);
bool eb_f32_winograd_scratch_bytes(const eb_conv2d_params *params, uint64_t *bytes);

// `weights`: OHWI. Packed: for each position an eb_f32_pack_gemm of channels x columns without bias, then
// the bias, [columns].
void eb_f32_winograd_pack(const eb_conv2d_params *params, const float *weights, const float *bias, void *packed);

// `operands` are the operator's.
void eb_f32_winograd_run(const eb_conv2d_params *params, void *const *operands, const eb_context *context);

#endif
