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

static void run_qs8(const void *opaque, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_conv2d_params *params = opaque;
  eb_qs8_dwconv d;
  if (!eb_qs8_dwconv_plan(params, false, &d)) return;
  const eb_qs8_window *w = &d.window;
  const uint64_t row_bytes = d.splits_columns ? 2 * d.plane_bytes
                             : d.copies       ? w->row_bytes
                                              : w->in_width * w->in_channels;
  eb_qs8_dwconv_kernel *const kernel = eb_qs8_dwconv_implementation_for(d.isa)->qs8;
  eb_qs8_dwconv_job job = job_for(&d, operands[1], row_bytes, operands[3]);
  job.output = eb_qs8_output_of(params->out_zero_point, params->out_min, params->out_max);
  const int8_t *image = operands[0];
  int8_t *copy = (int8_t *)operands[3] + d.copy_offset, *out = operands[2];
  for (uint64_t n = 0; n < d.batch; n++, image += w->in_image_bytes) {
    for (uint64_t y = 0; y < w->out_height; y += w->band_rows) {
      const uint64_t rows = eb_min_u64(w->band_rows, w->out_height - y);
      if (d.copies) eb_qs8_window_copy(w, image, y, rows, (int8_t)params->in_zero_point, copy);
      const int8_t *base = d.copies ? copy : image + y * w->stride_height * row_bytes;
      if (d.splits_columns) {
        int8_t *split = (int8_t *)operands[3] + d.split_offset;
        split_columns(&d, copy, (rows - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1, split);
        base = split;
      }
      job.rows = rows;
      kernel(&job, base, out);
      // Pixels that do not fill a run.
      eb_qs8_dwconv_job rest = job;
      rest.count = 1;
      rest.channels = w->out_width % d.repeat * w->channels;
      if (rest.channels != 0) kernel(&rest, base + job.count * job.in_stride, out + job.count * job.channels);
      out += rows * job.out_row_stride;
    }
  }
}

static void run_qd8(const void *opaque, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_conv2d_params *params = opaque;
  eb_qs8_dwconv d;
  if (!eb_qs8_dwconv_plan(params, true, &d)) return;
  const eb_qs8_window *w = &d.window;
  eb_qd8_dwconv_kernel *const kernel = eb_qs8_dwconv_implementation_for(d.isa)->qd8;
  eb_qs8_dwconv_job job = job_for(&d, operands[1], w->row_bytes, operands[3]);
  job.min = params->min;
  job.max = params->max;
  const float *image = operands[0];
  int8_t *copy = (int8_t *)operands[3] + d.copy_offset;
  float *out = operands[2];
  for (uint64_t n = 0; n < d.batch; n++, image += w->in_image_bytes) {
    job.range = eb_qd8_range_of(image, w->in_image_bytes, d.isa);
    eb_qd8_window_copy(w, image, 0, w->out_height, job.range.inverse_scale, job.range.zero_point, copy);
    job.rows = w->out_height;
    kernel(&job, copy, out);
    eb_qs8_dwconv_job rest = job;
    rest.count = 1;
    rest.channels = w->out_width % d.repeat * w->channels;
    if (rest.channels != 0) kernel(&rest, copy + job.count * job.in_stride, out + job.count * job.channels);
    out += w->out_height * job.out_row_stride;
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
