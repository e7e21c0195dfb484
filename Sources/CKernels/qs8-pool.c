// Int8 pooling over NHWC images.
#include "eb_threads.h"
#include "qs8-vector.h"

static bool accepts(const void *params, const size_t *bytes, size_t count) {
  const eb_pool2d_params *p = params;
  if (count < 2 || p->batch == 0 || p->in_height == 0 || p->in_width == 0 || p->channels == 0 || p->out_height == 0 ||
      p->out_width == 0 || p->window_height == 0 || p->window_width == 0 || p->stride_height == 0 ||
      p->stride_width == 0 || !eb_is_qs8(p->in_zero_point) ||
      !eb_qs8_output_is_valid(p->out_zero_point, p->out_min, p->out_max)) {
    return false;
  }
  // Sums stay within 32 bits: 2^23 * 255 < 2^31.
  const uint64_t window = eb_min_u64(p->window_height, p->in_height) * eb_min_u64(p->window_width, p->in_width);
  if (window > 1u << 23) return false;
  uint64_t in, out;
  const uint64_t in_shape[] = {p->batch, p->in_height, p->in_width, p->channels};
  const uint64_t out_shape[] = {p->batch, p->out_height, p->out_width, p->channels};
  return eb_checked_product(in_shape, 4, &in) && eb_checked_product(out_shape, 4, &out) && bytes[0] >= in &&
         bytes[1] >= out;
}

// The part [*begin, *end) of an axis of `size` that output `at`'s window covers; may be empty.
static void clip(uint64_t at, uint64_t stride, uint64_t pad, uint64_t window, uint64_t size, uint64_t *begin,
                 uint64_t *end) {
  const uint64_t start = at * stride, stop = start + window;
  *begin = start > pad ? eb_min_u64(start - pad, size) : 0;
  *end = stop > pad ? eb_min_u64(stop - pad, size) : 0;
  if (*end < *begin) *end = *begin;
}

typedef void pool_kernel(const eb_qs8_pool_job *job, const int8_t *in, int8_t *out);

// What is the same in all shares; a share is a span of output rows.
typedef struct {
  const eb_pool2d_params *params;
  pool_kernel *kernel;
  void *const *operands;
  uint32_t shares;
} work;

// Output row `y` of one image.
static void pool_row(const work *work, uint64_t y, const int8_t *image, int8_t *out) {
  const eb_pool2d_params *p = work->params;
  const uint64_t whole = (uint64_t)p->window_height * p->window_width;
  eb_qs8_pool_job job = {.channels = p->channels,
                         .row_bytes = (uint64_t)p->in_width * p->channels,
                         .in_zero_point = p->in_zero_point,
                         .output = eb_qs8_output_of(p->out_zero_point, p->out_min, p->out_max)};
  uint64_t top, bottom;
  clip(y, p->stride_height, p->pad_top, p->window_height, p->in_height, &top, &bottom);
  for (uint32_t x = 0; x < p->out_width; x++, out += p->channels) {
    uint64_t left, right;
    clip(x, p->stride_width, p->pad_left, p->window_width, p->in_width, &left, &right);
    job.height = bottom - top;
    job.width = right - left;
    const uint64_t divisor = p->counts_padding ? whole : job.height * job.width;
    // Counted padding stands for the zero point, which the plain sum of steps does not know.
    const bool is_plain = p->scale == 1 && p->in_zero_point == p->out_zero_point && divisor < 1u << 15 &&
                          divisor == job.height * job.width;
    job.divisor = is_plain ? (uint32_t)divisor : 0;
    job.scale = divisor == 0 ? 0 : p->scale / (float)divisor;
    work->kernel(&job, image + top * job.row_bytes + left * p->channels, out);
  }
}

static void pool_rows(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = opaque;
  const eb_pool2d_params *p = work->params;
  const uint64_t in_row = (uint64_t)p->in_width * p->channels, out_row = (uint64_t)p->out_width * p->channels;
  const eb_span rows = eb_span_of(p->out_height, index, work->shares);
  for (uint64_t n = 0; n < p->batch; n++) {
    const int8_t *image = (const int8_t *)work->operands[0] + n * p->in_height * in_row;
    for (uint64_t y = rows.first; y < rows.end; y++) {
      pool_row(work, y, image, (int8_t *)work->operands[1] + (n * p->out_height + y) * out_row);
    }
  }
}

static void run(const eb_pool2d_params *p, pool_kernel *kernel, void *const *operands, const eb_context *context) {
  const uint64_t outputs = (uint64_t)p->batch * p->out_height * p->out_width * p->channels;
  const uint64_t taps = eb_min_u64(p->window_height, p->in_height) * eb_min_u64(p->window_width, p->in_width);
  const work work = {p, kernel, operands, eb_shares(context, p->out_height, outputs / EB_FEW_MACS_PER_STEP * taps)};
  eb_parallel(context, work.shares, pool_rows, &work);
}

static void max_run(const void *params, void *const *operands, const eb_context *context) {
  run(params, eb_qs8_vector_kernels_for(eb_qs8_isa_current())->max_pool, operands, context);
}
static void average_run(const void *params, void *const *operands, const eb_context *context) {
  run(params, eb_qs8_vector_kernels_for(eb_qs8_isa_current())->average_pool, operands, context);
}

const eb_operator eb_max_pool2d_qs8 = {
    .name = "max_pool2d_qs8",
    .params_bytes = sizeof(eb_pool2d_params),
    .accepts = accepts,
    .run = max_run,
};
const eb_operator eb_average_pool2d_qs8 = {
    .name = "average_pool2d_qs8",
    .params_bytes = sizeof(eb_pool2d_params),
    .accepts = accepts,
    .run = average_run,
};
