// Maximum and average over windows. Padding takes no part, except that it counts where counts_padding says so.
#include "eb_threads.h"
#include "f32-axis.h"
#include "f32-kernels.h"
#include "sizes.h"

// As for convolutions: positions cannot overflow 64 bits.
enum { window_limit = 1 << 20 };

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_pool2d_params *params = untyped;
  const uint32_t sizes[] = {params->batch,         params->in_height,   params->in_width,      params->channels,
                            params->out_height,    params->out_width,   params->window_height, params->window_width,
                            params->stride_height, params->stride_width};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    if (sizes[i] == 0) return false;
  }
  return operand_count >= 2 && eb_f32_kernels_for(params->isa) != NULL && params->window_height <= window_limit &&
         params->window_width <= window_limit && params->stride_height <= window_limit &&
         params->stride_width <= window_limit && params->pad_top <= window_limit && params->pad_left <= window_limit &&
         EB_HOLDS(operand_bytes[0], params->batch, params->in_height, params->in_width, params->channels,
                  sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], params->batch, params->out_height, params->out_width, params->channels,
                  sizeof(float));
}

// One output row's part that sees the same taps.
static void pool_run(eb_f32_pool_ukernel kernel, const eb_pool2d_params *params, const float *in, float *out,
                     const eb_f32_run *y, const eb_f32_run *x, int64_t line) {
  size_t channels = params->channels, row = (size_t)params->in_width * channels;
  eb_f32_taps taps = {.outer = (size_t)y->tap_count,
                      .inner = (size_t)x->tap_count,
                      .length = 1,
                      .a_outer = (ptrdiff_t)row,
                      .a_inner = (ptrdiff_t)channels};
  size_t count =
      params->counts_padding ? (size_t)params->window_height * params->window_width : taps.outer * taps.inner;
  float scale = count == 0 ? 0 : 1 / (float)count;
  const float *a = in + ((size_t)y->input + (size_t)line * params->stride_height) * row + (size_t)x->input * channels;
  float *c = out + ((size_t)(y->first + line) * params->out_width + (size_t)x->first) * channels;
  for (int64_t p = 0; p < x->count; p++) {
    kernel(channels, &taps, a, scale, c, params->min, params->max);
    a += params->stride_width * channels;
    c += channels;
  }
}

// Output rows `rows` of one image.
static void pool(eb_f32_pool_ukernel kernel, const eb_pool2d_params *params, eb_span rows, const float *in,
                 float *out) {
  const eb_f32_axis y_axis = {
      params->out_height,       params->window_height, params->in_height, params->stride_height, 1,
      -(int64_t)params->pad_top};
  const eb_f32_axis x_axis = {
      params->out_width, params->window_width, params->in_width, params->stride_width, 1, -(int64_t)params->pad_left};
  eb_f32_run y, x;
  for (int64_t oy = (int64_t)rows.first; oy < (int64_t)rows.end; oy += y.count) {
    y = eb_f32_axis_run_until(&y_axis, oy, (int64_t)rows.end);
    for (int64_t ox = 0; ox < x_axis.outputs; ox += x.count) {
      x = eb_f32_axis_run(&x_axis, ox);
      for (int64_t line = 0; line < y.count; line++) pool_run(kernel, params, in, out, &y, &x, line);
    }
  }
}

typedef struct {
  const eb_pool2d_params *params;
  void *const *operands;
  eb_f32_pool_ukernel kernel;
  uint32_t shares;
} work;

static void pool_rows(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_pool2d_params *params = work->params;
  size_t in_image = (size_t)params->in_height * params->in_width * params->channels;
  size_t out_image = (size_t)params->out_height * params->out_width * params->channels;
  eb_span rows = eb_span_of(params->out_height, index, work->shares);
  for (size_t b = 0; b < params->batch; b++) {
    pool(work->kernel, params, rows, (const float *)work->operands[0] + b * in_image,
         (float *)work->operands[1] + b * out_image);
  }
}

static void run(eb_f32_pool_ukernel kernel, const eb_pool2d_params *params, void *const *operands,
                const eb_context *context) {
  uint64_t outputs = (uint64_t)params->batch * params->out_height * params->out_width * params->channels;
  uint64_t taps = (uint64_t)params->window_height * params->window_width;
  const work work = {params, operands, kernel,
                     eb_shares(context, params->out_height, outputs / EB_FEW_MACS_PER_STEP * taps)};
  eb_parallel(context, work.shares, pool_rows, &work);
}

static void run_max(const void *params, void *const *operands, const eb_context *context) {
  run(eb_f32_kernels_for(((const eb_pool2d_params *)params)->isa)->max_pool, params, operands, context);
}

static void run_average(const void *params, void *const *operands, const eb_context *context) {
  run(eb_f32_kernels_for(((const eb_pool2d_params *)params)->isa)->average_pool, params, operands, context);
}

const eb_operator eb_max_pool2d_f32 = {"max_pool2d_f32", sizeof(eb_pool2d_params), accepts, NULL, run_max};
const eb_operator eb_average_pool2d_f32 = {"average_pool2d_f32", sizeof(eb_pool2d_params), accepts, NULL, run_average};
