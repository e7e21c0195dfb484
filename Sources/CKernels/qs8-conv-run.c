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

static void run_qs8_band(const band *b, const void *packed, const eb_qs8_output *output, int8_t *out) {
  const eb_qs8_conv *conv = b->conv;
  eb_qs8_gemm_kernel *const kernel = eb_qs8_gemm_kernel_for(conv->isa);
  const uint64_t pixels = b->rows * conv->window.out_width;
  for (uint64_t g = 0; g < conv->groups; g++) {
    eb_qs8_gemm gemm = eb_qs8_conv_gemm(conv, packed, g, b->row_bytes);
    gemm.output = *output;
    for (uint64_t first = 0; first < pixels; first += chunk_rows) {
      const int8_t *rows[chunk_rows];
      const size_t count = eb_min_u64(chunk_rows, pixels - first);
      gather_rows(b, g, first, count, rows);
      kernel(&gemm, rows, count, out + first * gemm.out_stride + g * conv->group_out);
    }
  }
}

static void run_qs8(const eb_conv2d_params *params, enum eb_qs8_conv_kind kind, void *const *operands) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, kind, &conv)) return;
  const eb_qs8_window *w = &conv.window;
  const eb_qs8_output output = eb_qs8_output_of(params->out_zero_point, params->out_min, params->out_max);
  const int8_t *image = operands[0];
  int8_t *out = operands[2];
  for (uint64_t n = 0; n < conv.batch; n++, image += w->in_image_bytes) {
    for (uint64_t y = 0; y < w->out_height; y += w->band_rows) {
      band b = {.conv = &conv, .rows = eb_min_u64(w->band_rows, w->out_height - y)};
      if (conv.copies) {
        eb_qs8_window_copy(w, image, y, b.rows, (int8_t)params->in_zero_point, operands[3]);
        b.base = operands[3];
        b.row_bytes = w->row_bytes;
      } else {
        b.row_bytes = w->in_width * w->in_channels;
        b.base = image + y * w->stride_height * b.row_bytes;
      }
      run_qs8_band(&b, operands[1], &output, out);
      out += b.rows * w->out_width * params->out_channels;
    }
  }
}

static void run_qd8(const eb_conv2d_params *params, void *const *operands) {
  eb_qs8_conv conv;
  if (!eb_qs8_conv_plan(params, EB_CONV_QD8, &conv)) return;
  const eb_qs8_window *w = &conv.window;
  eb_qd8_gemm_kernel *const kernel = eb_qd8_gemm_kernel_for(conv.isa);
  const float *image = operands[0];
  float *out = operands[2];
  const uint64_t pixels = w->out_height * w->out_width;
  for (uint64_t n = 0; n < conv.batch; n++, image += w->in_image_bytes, out += pixels * params->out_channels) {
    const eb_qd8_range range = eb_qd8_range_of(image, w->in_image_bytes, conv.isa);
    eb_qd8_window_copy(w, image, 0, w->out_height, range.inverse_scale, range.zero_point, operands[3]);
    const band b = {.conv = &conv, .base = operands[3], .row_bytes = w->row_bytes, .rows = w->out_height};
    for (uint64_t g = 0; g < conv.groups; g++) {
      eb_qs8_gemm gemm = eb_qs8_conv_gemm(&conv, operands[1], g, b.row_bytes);
      gemm.ranges = &range;
      gemm.min = params->min;
      gemm.max = params->max;
      for (uint64_t first = 0; first < pixels; first += chunk_rows) {
        const int8_t *rows[chunk_rows];
        const size_t count = eb_min_u64(chunk_rows, pixels - first);
        gather_rows(&b, g, first, count, rows);
        kernel(&gemm, rows, count, out + first * gemm.out_stride + g * conv.group_out);
      }
    }
  }
}

static bool conv2d_qs8_accepts(const void *params, const size_t *bytes, size_t count) {
  return accepts(params, EB_CONV_QS8, bytes, count);
}
static void conv2d_qs8_run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  run_qs8(params, EB_CONV_QS8, operands);
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
  (void)context;
  run_qs8(params, EB_CONV_QS8_TRANSPOSED, operands);
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
  (void)context;
  run_qd8(params, operands);
}
const eb_operator eb_conv2d_qd8_f32_qc8w = {
    .name = "conv2d_qd8_f32_qc8w",
    .params_bytes = sizeof(eb_conv2d_params),
    .accepts = conv2d_qd8_accepts,
    .run = conv2d_qd8_run,
};
