// Convolution, any groups: depthwise where each channel is a group with one output, else implicit GEMM.
#include "eb_pack.h"
#include "f32-convolve.h"
#include "f32-dwconvolve.h"
#include "f32-geometry.h"
#include "f32-internal.h"
#include "f32-pack.h"
#include "f32-winograd.h"

static bool is_depthwise(const eb_conv2d_params *params) {
  return params->groups > 1 && params->groups == params->in_channels && params->groups == params->out_channels;
}

static uint32_t algorithm_for(bool half, const eb_conv2d_params *params) {
  if (is_depthwise(params)) return EB_F32_DWCONV;
  const bool wants_f16 = half && params->algorithm == EB_F32_GEMM_F16;
  if (wants_f16 && eb_f32_layout_for_f16(params->isa) != NULL) return EB_F32_GEMM_F16;
  return !half && eb_f32_winograd_applies(params) && eb_f32_winograd_pays(params) ? EB_F32_WINOGRAD : EB_F32_GEMM;
}

bool eb_conv2d_gains_by_f16(const eb_conv2d_params *params) {
  return eb_has_f16_arithmetic(params->isa) && eb_f32_conv2d_is_sane(params) &&
         algorithm_for(false, params) == EB_F32_GEMM;
}

// Whether a plan may ask for `params->algorithm`; it need not be the one chosen here and now.
static bool has_algorithm(bool half, const eb_conv2d_params *params) {
  switch (params->algorithm) {
    case EB_F32_DWCONV:
      return is_depthwise(params);
    case EB_F32_GEMM:
      return !is_depthwise(params);
    case EB_F32_GEMM_F16:
      return half && !is_depthwise(params);
    case EB_F32_WINOGRAD:
      return !half && eb_f32_winograd_applies(params);
    default:
      return false;
  }
}

// Bytes of the packed weights of one group; of all groups where they are packed together. False on overflow.
static bool packed_bytes(bool half, const eb_conv2d_params *params, uint64_t *group_bytes, uint64_t *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_of(params->isa, params->algorithm);
  if (layout == NULL || !eb_f32_conv2d_is_sane(params)) return false;
  uint64_t depth = (uint64_t)params->kernel_height * params->kernel_width, columns, groups = 1;  // depth <= 2^40
  if (is_depthwise(params)) {
    uint64_t block = layout->dwconv[eb_f32_dwconv_block(layout, params->out_channels)];
    columns = (params->out_channels + block - 1) / block * block;
  } else {
    groups = params->groups;
    columns = eb_f32_padded_columns(layout, params->out_channels / params->groups);
    if (__builtin_mul_overflow(depth, params->in_channels / params->groups, &depth)) return false;
  }
  if (depth > UINT64_MAX / 8 || __builtin_mul_overflow(columns, eb_f32_column_bytes(depth, half), group_bytes)) {
    return false;
  }
  return !__builtin_mul_overflow(*group_bytes, groups, bytes) && *bytes <= SIZE_MAX;
}

static bool requirements(bool half, const eb_conv2d_params *params, uint64_t *bytes, uint64_t *scratch_bytes) {
  uint64_t group_bytes;
  *scratch_bytes = 0;
  if (params->algorithm != EB_F32_WINOGRAD) return packed_bytes(half, params, &group_bytes, bytes);
  return eb_f32_conv2d_is_sane(params) && eb_f32_winograd_packed_bytes(params, bytes) &&
         eb_f32_winograd_scratch_bytes(params, scratch_bytes);
}

bool eb_f32_conv2d_requirements(bool half, const eb_conv2d_params *params, eb_requirements *result) {
  if (!eb_f32_conv2d_is_sane(params)) return false;
  eb_conv2d_params chosen = *params;
  chosen.algorithm = algorithm_for(half, params);
  uint64_t bytes, scratch_bytes;
  if (!requirements(half, &chosen, &bytes, &scratch_bytes)) return false;
  *result = (eb_requirements){
      .algorithm = chosen.algorithm, .packed_bytes = (size_t)bytes, .scratch_bytes = (size_t)scratch_bytes};
  return true;
}

// All weights, as seen from the first.
static eb_f32_weights weights_of(bool depthwise, const eb_conv2d_params *params, const float *weights) {
  size_t group_channels = params->in_channels / params->groups;
  eb_f32_weights view = {.base = weights,
                         .columns = params->out_channels,
                         .height = params->kernel_height,
                         .width = params->kernel_width,
                         .channels = group_channels};
  if (depthwise) {  // HWC, one input channel to a group
    view.n_stride = 1;
    view.x_stride = params->out_channels;
    view.y_stride = (ptrdiff_t)params->kernel_width * view.x_stride;
  } else {  // OHWI
    view.c_stride = 1;
    view.x_stride = (ptrdiff_t)group_channels;
    view.y_stride = (ptrdiff_t)params->kernel_width * view.x_stride;
    view.n_stride = (ptrdiff_t)params->kernel_height * view.y_stride;
  }
  return view;
}

void eb_f32_conv2d_pack(bool half, bool depthwise, const eb_conv2d_params *params, const float *weights,
                        const float *bias, void *packed) {
  if (params->algorithm == EB_F32_WINOGRAD) {
    eb_f32_winograd_pack(params, weights, bias, packed);
    return;
  }
  uint64_t group_bytes, bytes;
  if (!packed_bytes(half, params, &group_bytes, &bytes)) return;
  const eb_f32_layout *layout = eb_f32_layout_of(params->isa, params->algorithm);
  eb_f32_weights view = weights_of(depthwise, params, weights);
  if (is_depthwise(params)) {
    eb_f32_pack_dwconv(layout->dwconv[eb_f32_dwconv_block(layout, view.columns)], half, &view, bias, packed);
    return;
  }
  view.columns = params->out_channels / params->groups;
  for (size_t g = 0; g < params->groups; g++) {
    eb_f32_pack_gemm(layout, half, &view, bias, 1, (unsigned char *)packed + g * group_bytes);
    view.base += (ptrdiff_t)view.columns * view.n_stride;
    if (bias != NULL) bias += view.columns;
  }
}

static bool accepts(bool half, const eb_conv2d_params *params, const size_t *operand_bytes, size_t operand_count) {
  uint64_t bytes, scratch_bytes;
  return eb_f32_kernels_of(params->isa, params->algorithm) != NULL && eb_f32_conv2d_is_sane(params) &&
         has_algorithm(half, params) && requirements(half, params, &bytes, &scratch_bytes) &&
         eb_f32_conv2d_fits(params, bytes, operand_bytes, operand_count) &&
         (scratch_bytes == 0 || (operand_count >= 4 && scratch_bytes <= operand_bytes[3]));
}

typedef struct {
  const eb_conv2d_params *params;
  void *const *operands;
  size_t group_bytes;
  eb_f32_convolution convolution;  // all but the packed weights
  eb_f32_share share;
} work;

// One share of every image and group.
static void convolve(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_conv2d_params *params = work->params;
  const eb_f32_kernels *kernels = eb_f32_kernels_of(params->isa, params->algorithm);
  const eb_f32_layout *layout = eb_f32_layout_of(params->isa, params->algorithm);
  const float *in = work->operands[0];
  float *out = work->operands[2];
  eb_f32_convolution convolution = work->convolution;
  eb_f32_share share = work->share;
  share.index = index;
  for (size_t b = 0; b < params->batch; b++) {
    convolution.packed = work->operands[1];
    if (params->algorithm == EB_F32_DWCONV) {
      eb_f32_dwconvolve(kernels, layout, &convolution, share, in, out);
    } else {
      for (size_t g = 0; g < params->groups; g++) {
        eb_f32_convolve(kernels, layout, &convolution, share, in + g * convolution.channels,
                        out + g * convolution.columns);
        convolution.packed = (const unsigned char *)convolution.packed + work->group_bytes;
      }
    }
    in += (size_t)params->in_height * params->in_width * params->in_channels;
    out += (size_t)params->out_height * params->out_width * params->out_channels;
  }
}

static eb_f32_share share_out(const eb_context *context, const eb_conv2d_params *params) {
  uint64_t pixels = (uint64_t)params->batch * params->out_height * params->out_width;
  uint64_t taps = (uint64_t)params->kernel_height * params->kernel_width;
  if (params->algorithm == EB_F32_DWCONV) {
    // By rows, as most products are; by columns where there are too few of them.
    size_t width = eb_f32_layout_of(params->isa, params->algorithm)->dwconv[0];
    uint32_t rows = params->out_height > params->out_width ? params->out_height : params->out_width;
    eb_f32_share share = {.is_by_columns = rows < context->threads && params->in_channels >= width};
    uint32_t units = share.is_by_columns ? (uint32_t)(params->in_channels / width) : rows;
    uint64_t steps = pixels * taps * params->out_channels / EB_FEW_MACS_PER_STEP;
    share.count = eb_shares(context, units, steps);
    return share;
  }
  eb_f32_share share = eb_f32_share_out(context, eb_f32_layout_of(params->isa, params->algorithm), pixels,
                                        taps * (params->in_channels / params->groups), params->out_channels);
  if (params->groups > 1) share.is_by_columns = false;  // of a group there are too few
  return share;
}

static void run(bool half, const eb_conv2d_params *params, void *const *operands, const eb_context *context) {
  if (params->algorithm == EB_F32_WINOGRAD) {
    eb_f32_winograd_run(params, operands, context);
    return;
  }
  uint64_t group_bytes, bytes;
  if (!packed_bytes(half, params, &group_bytes, &bytes)) return;
  const work work = {
      .params = params,
      .operands = operands,
      .group_bytes = (size_t)group_bytes,
      .convolution =
          {
              .y = eb_f32_conv2d_y(params),
              .x = eb_f32_conv2d_x(params),
              .pixel_channels = params->in_channels,
              .channels = params->in_channels / params->groups,
              .columns = params->out_channels / params->groups,
              .c_line = (ptrdiff_t)params->out_width * params->out_channels,
              .c_pixel = params->out_channels,
              .half = half,
              .min = params->min,
              .max = params->max,
          },
      .share = share_out(context, params),
  };
  eb_parallel(context, work.share.count, convolve, &work);
}

static bool accepts_f32(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(false, params, operand_bytes, operand_count);
}

static bool accepts_f16w(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(true, params, operand_bytes, operand_count);
}

static void run_f32(const void *params, void *const *operands, const eb_context *context) {
  run(false, params, operands, context);
}

static void run_f16w(const void *params, void *const *operands, const eb_context *context) {
  run(true, params, operands, context);
}

const eb_operator eb_conv2d_f32 = {"conv2d_f32", sizeof(eb_conv2d_params), accepts_f32, NULL, run_f32};
const eb_operator eb_conv2d_f32_f16w = {"conv2d_f32_f16w", sizeof(eb_conv2d_params), accepts_f16w, NULL, run_f16w};
// Depthwise weights differ in the order they come in, not once packed.
const eb_operator eb_dwconv2d_f32 = {"dwconv2d_f32", sizeof(eb_conv2d_params), accepts_f32, NULL, run_f32};
const eb_operator eb_dwconv2d_f32_f16w = {"dwconv2d_f32_f16w", sizeof(eb_conv2d_params), accepts_f16w, NULL, run_f16w};
