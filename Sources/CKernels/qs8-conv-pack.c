#include "qs8-conv.h"

// Weight of output channel `o` of the group at byte `k` of segment (i, j); 0 in a segment's tail.
static int8_t weight_at(const eb_qs8_conv *conv, const int8_t *weights, uint64_t o, uint64_t i, uint64_t j,
                        uint64_t k) {
  if (k >= conv->segment) return 0;
  const uint64_t height = conv->window.kernel_height, width = conv->window.kernel_width;
  uint64_t y = i, x = conv->inner == 1 ? k / conv->group_in : j;
  if (conv->is_transposed) {
    y = height - 1 - y;
    x = width - 1 - x;
  }
  return weights[((o * height + y) * width + x) * conv->group_in + k % conv->group_in];
}

// Fills one block's weights; returns their sums in `sums`.
static void pack_block(const eb_qs8_conv *conv, const int8_t *weights, uint64_t first, int8_t *out,
                       int32_t sums[EB_QS8_NR]) {
  const uint64_t group_bytes = eb_qs8_group_bytes(conv->isa);
  memset(sums, 0, EB_QS8_NR * sizeof sums[0]);
  for (uint64_t i = 0; i < conv->outer; i++) {
    for (uint64_t j = 0; j < conv->inner; j++) {
      for (uint64_t k = 0; k < conv->segment_groups * group_bytes; k += group_bytes) {
        for (uint64_t c = 0; c < EB_QS8_NR; c++) {
          for (uint64_t r = 0; r < group_bytes; r++) {
            const bool is_channel = first + c < conv->group_out;
            *out = is_channel ? weight_at(conv, weights, first + c, i, j, k + r) : 0;
            sums[c] = (int32_t)((uint32_t)sums[c] + (uint32_t)*out);
            out++;
          }
        }
      }
    }
  }
}

void eb_qs8_conv_pack(const eb_qs8_conv *conv, int32_t in_zero_point, const int8_t *weights, const int32_t *bias,
                      const float *real_bias, const float *scales, void *packed) {
  const uint64_t kernel_bytes = conv->window.kernel_height * conv->window.kernel_width * conv->group_in;
  const uint32_t offset = (uint32_t)in_zero_point + (uint32_t)eb_qs8_input_offset(conv->isa);
  memset((uint8_t *)packed + conv->bias_offset, 0, conv->packed_bytes - conv->bias_offset);
  for (uint64_t g = 0; g < conv->groups; g++) {
    const eb_qs8_gemm gemm = eb_qs8_conv_gemm(conv, packed, g, 0);
    const int8_t *group_weights = weights + g * conv->group_out * kernel_bytes;
    for (uint64_t b = 0; b < conv->blocks; b++) {
      int32_t sums[EB_QS8_NR];
      pack_block(conv, group_weights, b * EB_QS8_NR, (int8_t *)gemm.weights + b * conv->block_bytes, sums);
      for (uint64_t c = b * EB_QS8_NR; c < (b + 1) * EB_QS8_NR && c < conv->group_out; c++) {
        const uint64_t channel = g * conv->group_out + c;
        const uint32_t sum = (uint32_t)sums[c % EB_QS8_NR];
        if (conv->is_dynamic) {
          ((int32_t *)gemm.bias)[c] = (int32_t)sum;
          ((float *)gemm.real_bias)[c] = real_bias == NULL ? 0 : real_bias[channel];
        } else {
          const uint32_t start = bias == NULL ? 0 : (uint32_t)bias[channel];
          ((int32_t *)gemm.bias)[c] = (int32_t)(start - offset * sum);
        }
        ((float *)gemm.scales)[c] = scales[channel];
      }
    }
  }
}

void eb_qs8_conv2d_pack(const eb_conv2d_params *params, bool is_transposed, const int8_t *weights, const int32_t *bias,
                        const float *scales, void *packed) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, is_transposed ? EB_CONV_QS8_TRANSPOSED : EB_CONV_QS8, &conv)) return;
  eb_qs8_conv_pack(&conv, params->in_zero_point, weights, bias, NULL, scales, packed);
}

void eb_qd8_conv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const float *bias, const float *scales,
                        void *packed) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, EB_CONV_QD8, &conv)) return;
  eb_qs8_conv_pack(&conv, 0, weights, NULL, bias, scales, packed);
}
