// Transposed convolution: output y gets in[i] * w[t] wherever i * stride + t * dilation = y + pad.
//
// The outputs y = phase + q * stride of one phase see the same few taps, so each phase is a convolution of
// stride 1 whose taps run backwards, with packed weights of its own. Nothing is summed into the output twice.
#include "eb_pack.h"
#include "f32-convolve.h"
#include "f32-geometry.h"
#include "f32-internal.h"
#include "f32-pack.h"

// One axis of one phase: an ordinary convolution, and the taps that it has, last first.
typedef struct {
  eb_f32_axis axis;
  int64_t last_tap, tap_step;
} phase;

static int64_t common_divisor(int64_t a, int64_t b) { return b == 0 ? a : common_divisor(b, a % b); }

static phase phase_of(int64_t first, int64_t outputs, int64_t input, int64_t kernel, int64_t stride, int64_t dilation,
                      int64_t pad) {
  int64_t divisor = common_divisor(stride, dilation), step = stride / divisor, taps = 0, tap = 0;
  // The first tap of this phase, if it has any, is below `step`.
  while (tap < step && tap < kernel && (first + pad - tap * dilation) % stride != 0) tap++;
  if (tap < step && tap < kernel) taps = (kernel - 1 - tap) / step + 1;
  int64_t last = tap + (taps - 1) * step;
  return (phase){.axis = {.outputs = (outputs - first + stride - 1) / stride,
                          .taps = taps,
                          .input = input,
                          .stride = 1,
                          .dilation = dilation / divisor,
                          .offset = taps == 0 ? 0 : (first + pad - last * dilation) / stride},
                 .last_tap = last,
                 .tap_step = step};
}

static phase y_phase(const eb_conv2d_params *params, int64_t first) {
  return phase_of(first, params->out_height, params->in_height, params->kernel_height, params->stride_height,
                  params->dilation_height, params->pad_top);
}

static phase x_phase(const eb_conv2d_params *params, int64_t first) {
  return phase_of(first, params->out_width, params->in_width, params->kernel_width, params->stride_width,
                  params->dilation_width, params->pad_left);
}

static int64_t y_phases(const eb_conv2d_params *params) {
  return params->stride_height < params->out_height ? params->stride_height : params->out_height;
}

static int64_t x_phases(const eb_conv2d_params *params) {
  return params->stride_width < params->out_width ? params->stride_width : params->out_width;
}

static size_t group_bytes(const eb_f32_layout *layout, const eb_conv2d_params *params, const phase *y, const phase *x) {
  uint64_t depth = (uint64_t)(y->axis.taps * x->axis.taps) * (params->in_channels / params->groups);
  return eb_f32_padded_columns(layout, params->out_channels / params->groups) * eb_f32_column_bytes(depth, false);
}

// A stride beyond the kernel leaves phases with no taps; they are bias alone. The limit keeps the sum over
// phases, which a hostile plan could make long, short.
enum { stride_limit = 64 };

// Each tap is in one phase of each axis, so all phases hold every weight once, and each its own bias.
static bool packed_bytes(const eb_conv2d_params *params, uint64_t *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  if (layout == NULL || !eb_f32_conv2d_is_sane(params) || params->stride_height > stride_limit ||
      params->stride_width > stride_limit) {
    return false;
  }
  uint64_t columns = (uint64_t)eb_f32_padded_columns(layout, params->out_channels / params->groups) * params->groups;
  uint64_t most = (uint64_t)params->kernel_height * params->kernel_width;
  if (__builtin_mul_overflow(most, params->in_channels / params->groups, &most) || most > UINT64_MAX / 8 ||
      __builtin_mul_overflow(columns, eb_f32_column_bytes(most, false) + stride_limit * stride_limit * sizeof(float),
                             &most) ||
      most > SIZE_MAX) {
    return false;
  }
  *bytes = 0;
  for (int64_t py = 0; py < y_phases(params); py++) {
    phase y = y_phase(params, py);
    for (int64_t px = 0; px < x_phases(params); px++) {
      phase x = x_phase(params, px);
      *bytes += group_bytes(layout, params, &y, &x) * params->groups;
    }
  }
  return true;
}

bool eb_f32_deconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result) {
  uint64_t bytes;
  if (!packed_bytes(params, &bytes)) return false;
  *result = (eb_requirements){.algorithm = EB_F32_GEMM, .packed_bytes = (size_t)bytes};
  return true;
}

static void pack_phase(const eb_f32_layout *layout, const eb_conv2d_params *params, const phase *y, const phase *x,
                       const float *weights, const float *bias, void *packed) {
  ptrdiff_t channels = params->in_channels / params->groups, row = (ptrdiff_t)params->kernel_width * channels;
  eb_f32_weights view = {.columns = params->out_channels / params->groups,
                         .height = (size_t)y->axis.taps,
                         .width = (size_t)x->axis.taps,
                         .channels = (size_t)channels,
                         .n_stride = (ptrdiff_t)params->kernel_height * row,
                         .y_stride = -(ptrdiff_t)y->tap_step * row,
                         .x_stride = -(ptrdiff_t)x->tap_step * channels,
                         .c_stride = 1};
  view.base = weights;
  if (view.height != 0 && view.width != 0) {
    view.base += (ptrdiff_t)y->last_tap * row + (ptrdiff_t)x->last_tap * channels;
  }
  for (size_t g = 0; g < params->groups; g++) {
    eb_f32_pack_gemm(layout, false, &view, bias, 1, (unsigned char *)packed + g * group_bytes(layout, params, y, x));
    view.base += (ptrdiff_t)view.columns * view.n_stride;
    if (bias != NULL) bias += view.columns;
  }
}

void eb_f32_deconv2d_pack(const eb_conv2d_params *params, const float *weights, const float *bias, void *packed) {
  uint64_t bytes;
  if (!packed_bytes(params, &bytes)) return;
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  unsigned char *at = packed;
  for (int64_t py = 0; py < y_phases(params); py++) {
    phase y = y_phase(params, py);
    for (int64_t px = 0; px < x_phases(params); px++) {
      phase x = x_phase(params, px);
      pack_phase(layout, params, &y, &x, weights, bias, at);
      at += group_bytes(layout, params, &y, &x) * params->groups;
    }
  }
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_conv2d_params *params = untyped;
  uint64_t bytes;
  return eb_f32_kernels_for(params->isa) != NULL && params->algorithm == EB_F32_GEMM && packed_bytes(params, &bytes) &&
         eb_f32_conv2d_fits(params, bytes, operand_bytes, operand_count);
}

static void run_phase(const eb_conv2d_params *params, const phase *y, const phase *x, eb_f32_share share,
                      const unsigned char *packed, const float *in, float *out) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  eb_f32_convolution convolution = {
      .y = y->axis,
      .x = x->axis,
      .pixel_channels = params->in_channels,
      .channels = params->in_channels / params->groups,
      .columns = params->out_channels / params->groups,
      .c_line = (ptrdiff_t)params->stride_height * params->out_width * params->out_channels,
      .c_pixel = (ptrdiff_t)params->stride_width * params->out_channels,
      .min = params->min,
      .max = params->max,
  };
  for (size_t g = 0; g < params->groups; g++) {
    convolution.packed = packed + g * group_bytes(layout, params, y, x);
    eb_f32_convolve(eb_f32_kernels_for(params->isa), layout, &convolution, share, in + g * convolution.channels,
                    out + g * convolution.columns);
  }
}

typedef struct {
  const eb_conv2d_params *params;
  void *const *operands;
  eb_f32_share share;
} work;

// One share of every phase, image and group.
static void convolve(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_conv2d_params *params = work->params;
  void *const *operands = work->operands;
  eb_f32_share share = work->share;
  share.index = index;
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  size_t in_image = (size_t)params->in_height * params->in_width * params->in_channels;
  size_t out_row = (size_t)params->out_width * params->out_channels, out_image = params->out_height * out_row;
  const unsigned char *packed = operands[1];
  for (int64_t py = 0; py < y_phases(params); py++) {
    phase y = y_phase(params, py);
    for (int64_t px = 0; px < x_phases(params); px++) {
      phase x = x_phase(params, px);
      for (size_t b = 0; b < params->batch; b++) {
        float *out = (float *)operands[2] + b * out_image + (size_t)py * out_row + (size_t)px * params->out_channels;
        run_phase(params, &y, &x, share, packed, (const float *)operands[0] + b * in_image, out);
      }
      packed += group_bytes(layout, params, &y, &x) * params->groups;
    }
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_conv2d_params *params = untyped;
  uint64_t pixels = (uint64_t)params->batch * params->in_height * params->in_width;  // each meets every tap
  uint64_t taps = (uint64_t)params->kernel_height * params->kernel_width;
  work work = {.params = params, .operands = operands};
  work.share = eb_f32_share_out(context, eb_f32_layout_for(params->isa), pixels,
                                taps * (params->in_channels / params->groups), params->out_channels);
  if (params->groups > 1) work.share.is_by_columns = false;
  eb_parallel(context, work.share.count, convolve, &work);
}

const eb_operator eb_deconv2d_f32 = {"deconv2d_f32", sizeof(eb_conv2d_params), accepts, NULL, run};
