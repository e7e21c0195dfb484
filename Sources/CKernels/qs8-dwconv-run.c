#include "eb_threads.h"
#include "qs8-dwconv.h"

static bool requirements(const eb_conv2d_params *params, bool is_dynamic, eb_requirements *result) {
  eb_qs8_dwconv d;
  if (!eb_qs8_dwconv_plan(params, is_dynamic, &d)) return false;
  *result = (eb_requirements){.packed_bytes = d.packed_bytes, .scratch_bytes = d.scratch_bytes};
  return true;
}
bool eb_qs8_dwconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result) {
  return requirements(params, false, result);
}
bool eb_qd8_dwconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result) {
  return requirements(params, true, result);
}

static bool accepts(const eb_conv2d_params *params, bool is_dynamic, const size_t *bytes, size_t count) {
  eb_qs8_dwconv d;
  if (count < 4 || !eb_isa_is_supported(params->isa) || !eb_qs8_dwconv_plan(params, is_dynamic, &d)) return false;
  if (!is_dynamic && (!eb_is_qs8(params->in_zero_point) ||
                      !eb_qs8_output_is_valid(params->out_zero_point, params->out_min, params->out_max))) {
    return false;
  }
  return bytes[0] >= d.in_bytes && bytes[1] >= d.packed_bytes && bytes[2] >= d.out_bytes && bytes[3] >= d.scratch_bytes;
}

// All but the requantization and the number of rows.
static eb_qs8_dwconv_job job_for(const eb_qs8_dwconv *d, const void *packed, uint64_t row_bytes, size_t *offsets) {
  const uint8_t *bytes = packed;
  const eb_qs8_window *w = &d->window;
  for (size_t slot = 0; slot < d->tap_groups * d->layout.tap_group; slot++) {
    const uint64_t tap = eb_qs8_dwconv_tap(d, slot);
    if (tap >= d->taps) {
      offsets[slot] = 0;  // meets zero weights
      continue;
    }
    const uint64_t column = tap % w->kernel_width * w->dilation_width;
    offsets[slot] = tap / w->kernel_width * w->dilation_height * row_bytes;
    offsets[slot] += d->splits_columns ? column % 2 * d->plane_bytes + column / 2 * w->channels : column * w->channels;
  }
  return (eb_qs8_dwconv_job){
      .weights = (const int8_t *)bytes,
      .block_bytes = d->block_bytes,
      .bias = (const int32_t *)(const void *)(bytes + d->bias_offset),
      .scales = (const float *)(const void *)(bytes + d->scales_offset),
      .real_bias = d->is_dynamic ? (const float *)(const void *)(bytes + d->real_bias_offset) : NULL,
      .taps = d->taps,
      .tap_groups = d->tap_groups,
      .tap_offsets = offsets,
      .channels = d->channels,
      .is_by_columns = d->is_by_columns,
      .count = w->out_width / d->repeat,
      .in_row_stride = w->stride_height * row_bytes,
      .out_row_stride = w->out_width * w->channels,
      .in_stride = (d->splits_columns ? 1 : w->stride_width) * w->channels * d->repeat,
  };
}

static void split_columns(const eb_qs8_dwconv *d, const int8_t *copy, size_t rows, int8_t *split) {
#if defined(__x86_64__)
  eb_qs8_split_columns__avx512(copy, rows, d->window.row_bytes, d->window.channels, d->plane_bytes, split);
#else
  (void)d, (void)copy, (void)rows, (void)split;  // no layout asks for it
#endif
}

// What is the same in all shares; a share is a span of output rows.
typedef struct {
  const eb_conv2d_params *params;
  const eb_qs8_dwconv *d;
  void *const *operands;
  const eb_context *context;
  eb_qs8_dwconv_job job;
  uint64_t row_bytes;  // of what the kernel reads
  uint32_t shares;
  // qd8: the image that is at work.
  const int8_t *copy;
  float *out;
} work;

static uint32_t shares_of(const eb_context *context, const eb_qs8_dwconv *d) {
  const eb_qs8_window *w = &d->window;
  return eb_shares(context, w->out_height,
                   d->batch * w->out_height * w->out_width * d->taps / EB_FEW_MACS_PER_STEP * w->channels);
}

// Pixels of `job` that do not fill a run.
static eb_qs8_dwconv_job rest_of(const eb_qs8_dwconv *d, const eb_qs8_dwconv_job *job) {
  eb_qs8_dwconv_job rest = *job;
  rest.count = 1;
  rest.channels = d->window.out_width % d->repeat * d->window.channels;
  return rest;
}

// Output rows `y` of one image, band by band.
static void run_qs8_rows(const work *work, const int8_t *image, eb_span y, int8_t *scratch, int8_t *out) {
  const eb_qs8_dwconv *d = work->d;
  const eb_qs8_window *w = &d->window;
  eb_qs8_dwconv_kernel *const kernel = eb_qs8_dwconv_implementation_for(d->isa)->qs8;
  eb_qs8_dwconv_job job = work->job;
  int8_t *const copy = scratch + d->copy_offset, *const split = scratch + d->split_offset;
  for (; y.first < y.end; y.first += w->band_rows) {
    job.rows = eb_min_u64(w->band_rows, y.end - y.first);
    if (d->copies) eb_qs8_window_copy(w, image, y.first, job.rows, (int8_t)work->params->in_zero_point, copy);
    const int8_t *base = d->copies ? copy : image + y.first * w->stride_height * work->row_bytes;
    if (d->splits_columns) {
      const uint64_t copied = (job.rows - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1;
      split_columns(d, copy, copied, split);
      base = split;
    }
    kernel(&job, base, out);
    const eb_qs8_dwconv_job rest = rest_of(d, &job);
    if (rest.channels != 0) kernel(&rest, base + job.count * job.in_stride, out + job.count * job.channels);
    out += job.rows * job.out_row_stride;
  }
}

static void run_qs8_share(const void *opaque, uint32_t index, uint32_t worker) {
  const work *work = opaque;
  const eb_qs8_window *w = &work->d->window;
  const eb_span y = eb_span_of(w->out_height, index, work->shares);
  int8_t *const scratch = eb_worker_scratch(work->context, worker, work->operands[3]);
  for (uint64_t n = 0; n < work->d->batch; n++) {
    run_qs8_rows(work, (const int8_t *)work->operands[0] + n * w->in_image_bytes, y, scratch,
                 (int8_t *)work->operands[2] + (n * w->out_height + y.first) * work->job.out_row_stride);
  }
}

static void run_qs8(const void *opaque, void *const *operands, const eb_context *context) {
  const eb_conv2d_params *params = opaque;
  eb_qs8_dwconv d;
  if (!eb_qs8_dwconv_plan(params, false, &d)) return;
  const eb_qs8_window *w = &d.window;
  work work = {.params = params, .d = &d, .operands = operands, .context = context};
  work.row_bytes = d.splits_columns ? 2 * d.plane_bytes : d.copies ? w->row_bytes : w->in_width * w->in_channels;
  work.job = job_for(&d, operands[1], work.row_bytes, operands[3]);
  work.job.output = eb_qs8_output_of(params->out_zero_point, params->out_min, params->out_max);
  work.shares = shares_of(context, &d);
  eb_parallel(context, work.shares, run_qs8_share, &work);
}

static void run_qd8_share(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = opaque;
  eb_qd8_dwconv_kernel *const kernel = eb_qs8_dwconv_implementation_for(work->d->isa)->qd8;
  const eb_span y = eb_span_of(work->d->window.out_height, index, work->shares);
  eb_qs8_dwconv_job job = work->job;
  job.rows = y.end - y.first;
  const int8_t *const base = work->copy + y.first * job.in_row_stride;
  float *const out = work->out + y.first * job.out_row_stride;
  kernel(&job, base, out);
  const eb_qs8_dwconv_job rest = rest_of(work->d, &job);
  if (rest.channels != 0) kernel(&rest, base + job.count * job.in_stride, out + job.count * job.channels);
}

static void run_qd8(const void *opaque, void *const *operands, const eb_context *context) {
  const eb_conv2d_params *params = opaque;
  eb_qs8_dwconv d;
  if (!eb_qs8_dwconv_plan(params, true, &d)) return;
  const eb_qs8_window *w = &d.window;
  int8_t *const copy = (int8_t *)operands[3] + d.copy_offset;
  work work = {.params = params, .d = &d, .operands = operands, .context = context, .copy = copy, .out = operands[2]};
  work.job = job_for(&d, operands[1], w->row_bytes, operands[3]);
  work.job.min = params->min;
  work.job.max = params->max;
  work.shares = shares_of(context, &d);
  const float *image = operands[0];
  for (uint64_t n = 0; n < d.batch; n++, image += w->in_image_bytes) {
    const eb_qd8_range range = eb_qd8_range_of(image, w->in_image_bytes, d.isa);
    eb_qd8_window_copy(w, image, 0, w->out_height, range.inverse_scale, range.zero_point, copy);
    work.job.range = range;
    eb_parallel(context, work.shares, run_qd8_share, &work);
    work.out += w->out_height * work.job.out_row_stride;
  }
}

static bool accepts_qs8(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, false, bytes, count);
}
static bool accepts_qd8(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, true, bytes, count);
}

const eb_operator eb_dwconv2d_qs8_qc8w = {
    .name = "dwconv2d_qs8_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = accepts_qs8,
    .run = run_qs8,
};
const eb_operator eb_dwconv2d_qd8_f32_qc8w = {
    .name = "dwconv2d_qd8_f32_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = accepts_qd8,
    .run = run_qd8,
};
