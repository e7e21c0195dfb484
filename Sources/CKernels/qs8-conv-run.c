#include "eb_threads.h"
#include "qs8-conv.h"

// Output pixels whose input pointers are gathered at a time: a multiple of every kernel's tile.
enum { chunk_rows = 96 };

static bool requirements(const eb_conv2d_params *params, enum eb_qs8_conv_kind kind, eb_requirements *result) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, kind, &conv)) return false;
  *result = (eb_requirements){.packed_bytes = conv.packed_bytes, .scratch_bytes = conv.scratch_bytes};
  return true;
}

bool eb_qs8_conv2d_requirements(const eb_conv2d_params *params, bool is_transposed, eb_requirements *result) {
  return requirements(params, is_transposed ? EB_CONV_QS8_TRANSPOSED : EB_CONV_QS8, result);
}

bool eb_qd8_conv2d_requirements(const eb_conv2d_params *params, eb_requirements *result) {
  return requirements(params, EB_CONV_QD8, result);
}

static bool accepts(const eb_conv2d_params *params, enum eb_qs8_conv_kind kind, const size_t *bytes, size_t count) {
  eb_qs8_conv conv;
  if (count < 3 || !eb_isa_is_supported(params->isa) || !eb_qs8_conv_plan(params, kind, &conv)) return false;
  if (kind != EB_CONV_QD8 && (!eb_is_qs8(params->in_zero_point) ||
                              !eb_qs8_output_is_valid(params->out_zero_point, params->out_min, params->out_max))) {
    return false;
  }
  if (bytes[0] < conv.in_bytes || bytes[1] < conv.packed_bytes || bytes[2] < conv.out_bytes) return false;
  return !conv.copies || (count >= 4 && bytes[3] >= conv.scratch_bytes);
}

// Calls a kernel on output rows [0, rows) of a band whose input starts at `base`.
typedef struct {
  const eb_qs8_conv *conv;
  const int8_t *base;
  uint64_t row_bytes, rows;
} band;

// Pointers to the input of output pixels [first, first + count) of the band.
static void gather_rows(const band *b, uint64_t group, uint64_t first, size_t count, const int8_t **rows) {
  const eb_qs8_window *w = &b->conv->window;
  const int8_t *base = b->base + group * b->conv->group_in;
  const size_t row_step = w->stride_height * b->row_bytes, column_step = w->stride_width * w->channels;
  uint64_t x = first % w->out_width;
  const int8_t *start = base + first / w->out_width * row_step;
  for (size_t i = 0; i < count; start += row_step, x = 0) {
    const int8_t *pixel = start + x * column_step;
    const size_t end = eb_min_u64(count, i + (w->out_width - x));
    for (; i < end; i++, pixel += column_step) rows[i] = pixel;
  }
}

// What is the same in all shares. A share is a span of output rows, of pixels, or, where the weights are larger than
// the input, of blocks of output channels: then each thread reads its part of the weights only.
typedef struct {
  const eb_conv2d_params *params;
  const eb_qs8_conv *conv;
  void *const *operands;
  const eb_context *context;
  eb_qs8_output output;
  eb_qd8_range range;
  bool is_by_blocks;
  uint32_t shares;
  // Shared by blocks, and qd8: the part that is at work.
  const band *band;
  void *out;
} work;

static uint32_t shares_of(const eb_context *context, const eb_qs8_conv *conv, uint64_t units) {
  const uint64_t pixels = conv->batch * conv->window.out_height * conv->window.out_width;
  const uint64_t depth = conv->outer * conv->inner * conv->segment_groups * EB_QS8_KR;
  return eb_shares(context, units, pixels * conv->groups * conv->group_out / EB_QS8_MACS_PER_STEP * depth);
}

static bool is_shared_by_blocks(const eb_qs8_conv *conv) {
  const uint64_t height = conv->window.out_height;
  return conv->groups == 1 && (height == 1 || conv->group_out > height * conv->window.out_width);
}

static void run_qs8_band(const work *work, const band *b, eb_span blocks, int8_t *out) {
  const eb_qs8_conv *conv = b->conv;
  eb_qs8_gemm_kernel *const kernel = eb_qs8_gemm_kernel_for(conv->isa);
  const uint64_t pixels = b->rows * conv->window.out_width;
  for (uint64_t g = 0; g < conv->groups; g++) {
    eb_qs8_gemm gemm = eb_qs8_conv_gemm(conv, work->operands[1], g, b->row_bytes);
    eb_qs8_gemm_take_blocks(&gemm, blocks.first, blocks.end);
    gemm.output = work->output;
    for (uint64_t first = 0; first < pixels; first += chunk_rows) {
      const int8_t *rows[chunk_rows];
      const size_t count = eb_min_u64(chunk_rows, pixels - first);
      gather_rows(b, g, first, count, rows);
      kernel(&gemm, rows, count, out + first * gemm.out_stride + g * conv->group_out + blocks.first * EB_QS8_NR);
    }
  }
}

static void run_qs8_blocks(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = opaque;
  run_qs8_band(work, work->band, eb_span_of(work->conv->blocks, index, work->shares), work->out);
}

// Output rows `y` of image `n`, band by band.
static void run_qs8_rows(work *work, uint64_t n, eb_span y, int8_t *scratch) {
  const eb_qs8_conv *conv = work->conv;
  const eb_qs8_window *w = &conv->window;
  const int8_t *image = (const int8_t *)work->operands[0] + n * w->in_image_bytes;
  const uint64_t out_row = w->out_width * work->params->out_channels;
  int8_t *out = (int8_t *)work->operands[2] + (n * w->out_height + y.first) * out_row;
  for (; y.first < y.end; y.first += w->band_rows) {
    band b = {.conv = conv, .rows = eb_min_u64(w->band_rows, y.end - y.first)};
    if (conv->copies) {
      eb_qs8_window_copy(w, image, y.first, b.rows, (int8_t)work->params->in_zero_point, scratch);
      b.base = scratch;
      b.row_bytes = w->row_bytes;
    } else {
      b.row_bytes = w->in_width * w->in_channels;
      b.base = image + y.first * w->stride_height * b.row_bytes;
    }
    if (work->is_by_blocks) {
      work->band = &b;
      work->out = out;
      eb_parallel(work->context, work->shares, run_qs8_blocks, work);
    } else {
      run_qs8_band(work, &b, (eb_span){0, conv->blocks}, out);
    }
    out += b.rows * out_row;
  }
}

static void run_qs8_share(const void *opaque, uint32_t index, uint32_t worker) {
  work own = *(const work *)opaque;
  int8_t *const scratch = eb_worker_scratch(own.context, worker, own.conv->copies ? own.operands[3] : NULL);
  const eb_span y = eb_span_of(own.conv->window.out_height, index, own.shares);
  for (uint64_t n = 0; n < own.conv->batch; n++) run_qs8_rows(&own, n, y, scratch);
}

static void run_qs8(const eb_conv2d_params *params, enum eb_qs8_conv_kind kind, void *const *operands,
                    const eb_context *context) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, kind, &conv)) return;
  work work = {.params = params, .conv = &conv, .operands = operands, .context = context};
  work.output = eb_qs8_output_of(params->out_zero_point, params->out_min, params->out_max);
  work.is_by_blocks = is_shared_by_blocks(&conv);
  if (!work.is_by_blocks) {
    work.shares = shares_of(context, &conv, conv.window.out_height);
    eb_parallel(context, work.shares, run_qs8_share, &work);
    return;
  }
  work.shares = shares_of(context, &conv, conv.blocks);
  const eb_span y = {0, conv.window.out_height};
  for (uint64_t n = 0; n < conv.batch; n++) run_qs8_rows(&work, n, y, conv.copies ? operands[3] : NULL);
}

static void run_qd8_share(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = opaque;
  const eb_qs8_conv *conv = work->conv;
  eb_span pixels = {0, conv->window.out_height * conv->window.out_width}, blocks = {0, conv->blocks};
  eb_span *const shared = work->is_by_blocks ? &blocks : &pixels;
  *shared = eb_span_of(shared->end, index, work->shares);
  for (uint64_t g = 0; g < conv->groups; g++) {
    eb_qs8_gemm gemm = eb_qs8_conv_gemm(conv, work->operands[1], g, work->band->row_bytes);
    eb_qs8_gemm_take_blocks(&gemm, blocks.first, blocks.end);
    gemm.ranges = &work->range;
    gemm.min = work->params->min;
    gemm.max = work->params->max;
    float *const out = (float *)work->out + g * conv->group_out + blocks.first * EB_QS8_NR;
    for (uint64_t first = pixels.first; first < pixels.end; first += chunk_rows) {
      const int8_t *rows[chunk_rows];
      const size_t count = eb_min_u64(chunk_rows, pixels.end - first);
      gather_rows(work->band, g, first, count, rows);
      eb_qd8_gemm_kernel_for(conv->isa)(&gemm, rows, count, out + first * gemm.out_stride);
    }
  }
}

static void run_qd8(const eb_conv2d_params *params, void *const *operands, const eb_context *context) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, EB_CONV_QD8, &conv)) return;
  const eb_qs8_window *w = &conv.window;
  const uint64_t pixels = w->out_height * w->out_width;
  const band b = {.conv = &conv, .base = operands[3], .row_bytes = w->row_bytes, .rows = w->out_height};
  work work = {.params = params, .conv = &conv, .operands = operands, .context = context, .band = &b};
  work.is_by_blocks = is_shared_by_blocks(&conv);
  work.shares = shares_of(context, &conv, work.is_by_blocks ? conv.blocks : pixels);
  const float *image = operands[0];
  for (uint64_t n = 0; n < conv.batch; n++, image += w->in_image_bytes) {
    work.range = eb_qd8_range_of(image, w->in_image_bytes, conv.isa);
    work.out = (float *)operands[2] + n * pixels * params->out_channels;
    eb_qd8_window_copy(w, image, 0, w->out_height, work.range.inverse_scale, work.range.zero_point, operands[3]);
    eb_parallel(context, work.shares, run_qd8_share, &work);
  }
}

static bool conv2d_qs8_accepts(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, EB_CONV_QS8, bytes, count);
}
static void conv2d_qs8_run(const void *params, void *const *operands, const eb_context *context) {
  run_qs8(params, EB_CONV_QS8, operands, context);
}
const eb_operator eb_conv2d_qs8_qc8w = {
    .name = "conv2d_qs8_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = conv2d_qs8_accepts,
    .run = conv2d_qs8_run,
};

static bool deconv2d_qs8_accepts(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, EB_CONV_QS8_TRANSPOSED, bytes, count);
}
static void deconv2d_qs8_run(const void *params, void *const *operands, const eb_context *context) {
  run_qs8(params, EB_CONV_QS8_TRANSPOSED, operands, context);
}
const eb_operator eb_deconv2d_qs8_qc8w = {
    .name = "deconv2d_qs8_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = deconv2d_qs8_accepts,
    .run = deconv2d_qs8_run,
};

static bool conv2d_qd8_accepts(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, EB_CONV_QD8, bytes, count);
}
static void conv2d_qd8_run(const void *params, void *const *operands, const eb_context *context) {
  run_qd8(params, operands, context);
}
const eb_operator eb_conv2d_qd8_f32_qc8w = {
    .name = "conv2d_qd8_f32_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = conv2d_qd8_accepts,
    .run = conv2d_qd8_run,
};
