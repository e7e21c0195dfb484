// How a convolution (or a fully connected layer, or a transposed convolution) maps onto the int8 matrix product.
#ifndef EB_QS8_CONV_H
#define EB_QS8_CONV_H

#include "qs8-gemm.h"
#include "qs8-window.h"

typedef struct {
  eb_qs8_window window;
  eb_qs8_isa isa;
  bool is_dynamic;  // qd8
  bool is_transposed;
  bool copies;  // through scratch
  uint64_t batch, groups, group_in, group_out;
  uint64_t blocks;  // of output channels, a group
  // k: outer x inner segments. A whole kernel row is one segment where its taps are adjacent in memory.
  uint64_t outer, inner, segment, segment_groups;
  uint64_t block_bytes;
  // Packed weights: [group][block] weights, then bias, scales (and the real bias of qd8) [group][block * 16].
  uint64_t bias_offset, scales_offset, real_bias_offset, packed_bytes;
  uint64_t in_bytes, out_bytes, scratch_bytes;
} eb_qs8_conv;

enum eb_qs8_conv_kind { EB_CONV_QS8, EB_CONV_QS8_TRANSPOSED, EB_CONV_QD8 };

// Derives everything from parameters that may say anything; false where they make no sense or a size does not fit.
bool eb_qs8_conv_plan(const eb_conv2d_params *params, enum eb_qs8_conv_kind kind, eb_qs8_conv *conv);

// A fully connected layer as a 1x1 convolution over an image of `rows` x 1 pixels.
eb_conv2d_params eb_qs8_conv_params_of(const eb_fully_connected_params *params);

void eb_qs8_conv_pack(const eb_qs8_conv *conv, int32_t in_zero_point, const int8_t *weights, const int32_t *bias,
                      const float *real_bias, const float *scales, void *packed);

// The part of `gemm` that weights and geometry decide, for one group; `row_bytes` of the image that is read.
eb_qs8_gemm eb_qs8_conv_gemm(const eb_qs8_conv *conv, const void *packed, uint64_t group, uint64_t row_bytes);

#endif
