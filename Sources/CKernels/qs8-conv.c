#include "qs8-conv.h"

// A band's copy and one block of weights stay in the first-level cache together.
enum { band_bytes = 16 * 1024 };

static bool is_valid(const eb_conv2d_params *p) {
  return p->batch != 0 && p->in_height != 0 && p->in_width != 0 && p->in_channels != 0 && p->out_height != 0 &&
         p->out_width != 0 && p->out_channels != 0 && p->kernel_height != 0 && p->kernel_width != 0 &&
         p->stride_height != 0 && p->stride_width != 0 && p->dilation_height != 0 && p->dilation_width != 0 &&
         p->groups != 0 && p->in_channels % p->groups == 0 && p->out_channels % p->groups == 0;
}

static bool plan_window(const eb_conv2d_params *p, const eb_qs8_conv *conv, eb_qs8_window *window) {
  *window = eb_qs8_window_of(p);
  window->isa = conv->isa;
  window->adds_128 = eb_qs8_input_offset(conv->isa) != 0;
  if (conv->is_transposed) {
    window->spacing_height = p->stride_height;
    window->spacing_width = p->stride_width;
    window->stride_height = window->stride_width = 1;
    // Both factors are below 2^32, and eb_qs8_window_plan refuses what exceeds 2^31.
    const uint64_t reach_height = (uint64_t)(p->kernel_height - 1) * p->dilation_height;
    const uint64_t reach_width = (uint64_t)(p->kernel_width - 1) * p->dilation_width;
    if (reach_height > INT32_MAX || reach_width > INT32_MAX) return false;
    window->pad_top = (int64_t)reach_height - (int64_t)p->pad_top;
    window->pad_left = (int64_t)reach_width - (int64_t)p->pad_left;
  }
  // A dynamic range takes the whole image in, so it is quantized whole.
  return eb_qs8_window_plan(window, conv->is_dynamic ? UINT64_MAX / 2 : band_bytes);
}

// Offsets in the packed weights.
static bool plan_packed(eb_qs8_conv *conv) {
  uint64_t all_blocks, weights, channels;
  const uint64_t k[] = {conv->outer, conv->inner, conv->segment_groups, eb_qs8_group_bytes(conv->isa) * EB_QS8_NR};
  if (!eb_checked_product(k, 4, &conv->block_bytes)) return false;
  if (!eb_checked_mul(conv->groups, conv->blocks, &all_blocks)) return false;
  if (!eb_checked_mul(all_blocks, conv->block_bytes, &weights)) return false;
  if (!eb_checked_mul(all_blocks, EB_QS8_NR * sizeof(float), &channels)) return false;
  conv->bias_offset = weights;
  if (!eb_checked_add(conv->bias_offset, channels, &conv->scales_offset)) return false;
  if (!eb_checked_add(conv->scales_offset, channels, &conv->real_bias_offset)) return false;
  if (!eb_checked_add(conv->real_bias_offset, conv->is_dynamic ? channels : 0, &conv->packed_bytes)) return false;
  return conv->packed_bytes <= SIZE_MAX / 2;
}

bool eb_qs8_conv_plan(const eb_conv2d_params *p, enum eb_qs8_conv_kind kind, eb_qs8_conv *conv) {
  if (!is_valid(p)) return false;
  *conv = (eb_qs8_conv){
      .isa = eb_qs8_isa_for(p->isa),
      .is_dynamic = kind == EB_CONV_QD8,
      .is_transposed = kind == EB_CONV_QS8_TRANSPOSED,
      .batch = p->batch,
      .groups = p->groups,
      .group_in = p->in_channels / p->groups,
      .group_out = p->out_channels / p->groups,
  };
  if (!plan_window(p, conv, &conv->window)) return false;
  conv->blocks = eb_round_up(conv->group_out, EB_QS8_NR) / EB_QS8_NR;

  const bool has_row_segments = p->groups == 1 && (p->dilation_width == 1 || p->kernel_width == 1);
  conv->outer = p->kernel_height;
  conv->inner = has_row_segments ? 1 : p->kernel_width;
  conv->segment = has_row_segments ? (uint64_t)p->kernel_width * p->in_channels : conv->group_in;
  const uint64_t group_bytes = eb_qs8_group_bytes(conv->isa);
  conv->segment_groups = eb_round_up(conv->segment, group_bytes) / group_bytes;
  conv->copies =
      conv->is_dynamic || conv->window.needs_copy || conv->window.adds_128 || conv->segment % group_bytes != 0;
  if (!plan_packed(conv)) return false;

  const uint64_t element = conv->is_dynamic ? sizeof(float) : 1;
  const uint64_t in[] = {p->batch, conv->window.in_image_bytes, element};
  const uint64_t out[] = {p->batch, p->out_height, p->out_width, p->out_channels, element};
  if (!eb_checked_product(in, 3, &conv->in_bytes) || !eb_checked_product(out, 5, &conv->out_bytes)) return false;
  conv->scratch_bytes = conv->copies ? conv->window.scratch_bytes : 0;
  return true;
}

eb_conv2d_params eb_qs8_conv_params_of(const eb_fully_connected_params *p) {
  return (eb_conv2d_params){
      .batch = 1,
      .in_height = p->rows,
      .in_width = 1,
      .in_channels = p->in_channels,
      .out_height = p->rows,
      .out_width = 1,
      .out_channels = p->out_channels,
      .kernel_height = 1,
      .kernel_width = 1,
      .stride_height = 1,
      .stride_width = 1,
      .dilation_height = 1,
      .dilation_width = 1,
      .groups = 1,
      .isa = p->isa,
      .algorithm = p->algorithm,
      .min = p->min,
      .max = p->max,
      .in_zero_point = p->in_zero_point,
      .out_zero_point = p->out_zero_point,
      .out_min = p->out_min,
      .out_max = p->out_max,
  };
}

eb_qs8_gemm eb_qs8_conv_gemm(const eb_qs8_conv *conv, const void *packed, uint64_t group, uint64_t row_bytes) {
  const uint8_t *bytes = packed;
  const uint64_t channel = group * conv->blocks * EB_QS8_NR;
  return (eb_qs8_gemm){
      .weights = (const int8_t *)bytes + group * conv->blocks * conv->block_bytes,
      .block_bytes = conv->block_bytes,
      .bias = (const int32_t *)(const void *)(bytes + conv->bias_offset) + channel,
      .scales = (const float *)(const void *)(bytes + conv->scales_offset) + channel,
      .real_bias = conv->is_dynamic ? (const float *)(const void *)(bytes + conv->real_bias_offset) + channel : NULL,
      .outer = conv->outer,
      .inner = conv->inner,
      .segment_groups = conv->segment_groups,
      .outer_stride = conv->window.dilation_height * row_bytes,
      .inner_stride = conv->window.dilation_width * conv->window.in_channels,
      .channels = conv->group_out,
      .out_stride = conv->groups * conv->group_out,
  };
}
