#include "f32-geometry.h"

#include "sizes.h"

// No real window is larger; below it, a position is less than 2^32 * 2^20 + 2^20 * 2^20 + 2^20.
enum { window_limit = 1 << 20 };

static bool is_window(uint32_t size) { return size != 0 && size <= window_limit; }

bool eb_f32_conv2d_is_sane(const eb_conv2d_params *params) {
  const uint32_t sizes[] = {params->batch,      params->in_height, params->in_width,     params->in_channels,
                            params->out_height, params->out_width, params->out_channels, params->groups};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    if (sizes[i] == 0) return false;
  }
  return is_window(params->kernel_height) && is_window(params->kernel_width) && is_window(params->stride_height) &&
         is_window(params->stride_width) && is_window(params->dilation_height) && is_window(params->dilation_width) &&
         params->pad_top <= window_limit && params->pad_left <= window_limit &&
         params->in_channels % params->groups == 0 && params->out_channels % params->groups == 0;
}

bool eb_f32_conv2d_fits(const eb_conv2d_params *params, uint64_t packed_bytes, const size_t *operand_bytes,
                        size_t operand_count) {
  return operand_count >= 3 &&
         EB_HOLDS(operand_bytes[0], params->batch, params->in_height, params->in_width, params->in_channels,
                  sizeof(float)) &&
         packed_bytes <= operand_bytes[1] &&
         EB_HOLDS(operand_bytes[2], params->batch, params->out_height, params->out_width, params->out_channels,
                  sizeof(float));
}

eb_f32_axis eb_f32_conv2d_y(const eb_conv2d_params *params) {
  return (eb_f32_axis){.outputs = params->out_height,
                       .taps = params->kernel_height,
                       .input = params->in_height,
                       .stride = params->stride_height,
                       .dilation = params->dilation_height,
                       .offset = -(int64_t)params->pad_top};
}

eb_f32_axis eb_f32_conv2d_x(const eb_conv2d_params *params) {
  return (eb_f32_axis){.outputs = params->out_width,
                       .taps = params->kernel_width,
                       .input = params->in_width,
                       .stride = params->stride_width,
                       .dilation = params->dilation_width,
                       .offset = -(int64_t)params->pad_left};
}
