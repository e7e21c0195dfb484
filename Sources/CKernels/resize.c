#include "resize.h"

#include <string.h>

#include "eb_threads.h"
#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const eb_resize_params *p, const size_t *operand_bytes, size_t operand_count, size_t bytes) {
  if (operand_count != 2) return false;
  // An empty input has nothing to give; without a row or a channel there is nothing to do.
  const bool has_input = p->in_height != 0 && p->in_width != 0;
  return has_input && EB_HOLDS(operand_bytes[0], p->batch, p->in_height, p->in_width, p->channels, bytes) &&
         EB_HOLDS(operand_bytes[1], p->batch, p->out_height, p->out_width, p->channels, bytes);
}

static bool is_empty(const eb_resize_params *p) {
  return p->batch == 0 || p->out_height == 0 || p->out_width == 0 || p->channels == 0;
}

static bool accepts_bilinear(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(params, operand_bytes, operand_count, sizeof(float));
}

static bool accepts_bilinear_qs8(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(params, operand_bytes, operand_count, 1);
}

static bool accepts_nearest(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_resize_params *p = params;
  return p->element_bytes >= 1 && p->element_bytes <= 8 &&
         accepts(params, operand_bytes, operand_count, p->element_bytes);
}

// What is the same in all shares; a share is a span of the images' output rows.
typedef struct work {
  const eb_resize_params *params;
  void *const *operands;
  void (*rows)(const struct work *work, size_t first, size_t end);
  uint32_t shares;
} work;

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_span rows = eb_span_of((uint64_t)work->params->batch * work->params->out_height, index, work->shares);
  work->rows(work, rows.first, rows.end);
}

static void run(const void *params, void *const *operands, const eb_context *context,
                void (*rows)(const work *, size_t, size_t), uint64_t element_bytes) {
  const eb_resize_params *p = params;
  if (is_empty(p)) return;
  const uint64_t count = (uint64_t)p->batch * p->out_height;
  const uint64_t steps = count * p->out_width * p->channels * element_bytes / EB_BYTES_PER_STEP;
  const work work = {p, operands, rows, eb_shares(context, count, steps)};
  eb_parallel(context, work.shares, run_share, &work);
}

static void bilinear_rows(const work *work, size_t first, size_t end) {
  eb_vector_kernels_active()->resize_bilinear_f32(work->params, first, end, work->operands[0], work->operands[1]);
}

static void run_bilinear(const void *params, void *const *operands, const eb_context *context) {
  run(params, operands, context, bilinear_rows, 4 * sizeof(float));  // of four pixels
}

// Input and output have one quantization, so steps interpolate as the numbers do. Half away from zero.
static void bilinear_qs8_rows(const work *work, size_t first, size_t end) {
  const eb_resize_params *p = work->params;
  const size_t channels = p->channels, row = (size_t)p->in_width * channels;
  int8_t *out = (int8_t *)work->operands[1] + first * p->out_width * channels;
  for (size_t r = first; r < end; r++) {
    const int8_t *in = (const int8_t *)work->operands[0] + r / p->out_height * p->in_height * row;
    const eb_resize_tap y = eb_resize_tap_at((uint32_t)(r % p->out_height), p->in_height, p->out_height, p);
    for (uint32_t ox = 0; ox < p->out_width; ox++, out += channels) {
      const eb_resize_tap x = eb_resize_tap_at(ox, p->in_width, p->out_width, p);
      const int8_t *top = in + y.lower * row, *bottom = in + y.upper * row;
      const int8_t *top_left = top + x.lower * channels, *top_right = top + x.upper * channels;
      const int8_t *bottom_left = bottom + x.lower * channels, *bottom_right = bottom + x.upper * channels;
      for (size_t c = 0; c < channels; c++) {
        const float left = (float)top_left[c] * (1 - y.fraction) + (float)bottom_left[c] * y.fraction;
        const float right = (float)top_right[c] * (1 - y.fraction) + (float)bottom_right[c] * y.fraction;
        const float value = left * (1 - x.fraction) + right * x.fraction;
        const float bounded = value < -128.0f ? -128.0f : value > 127.0f ? 127.0f : value;
        // roundf, which is a call: what is cut off is exact.
        const int32_t whole = (int32_t)bounded;
        const float cut = bounded - (float)whole;
        out[c] = (int8_t)(whole + (cut >= 0.5f) - (cut <= -0.5f));
      }
    }
  }
}

static void run_bilinear_qs8(const void *params, void *const *operands, const eb_context *context) {
  run(params, operands, context, bilinear_qs8_rows, 4 * EB_BYTES_PER_STEP);  // some nanoseconds an element
}

static void nearest_rows(const work *work, size_t first, size_t end) {
  const eb_resize_params *p = work->params;
  const size_t pixel = (size_t)p->channels * p->element_bytes, row = p->in_width * pixel;
  uint8_t *out = (uint8_t *)work->operands[1] + first * p->out_width * pixel;
  for (size_t r = first; r < end; r++) {
    const uint8_t *in = (const uint8_t *)work->operands[0] + r / p->out_height * p->in_height * row;
    const uint8_t *from =
        in + eb_resize_nearest_at((uint32_t)(r % p->out_height), p->in_height, p->out_height, p) * row;
    for (uint32_t ox = 0; ox < p->out_width; ox++, out += pixel) {
      memcpy(out, from + eb_resize_nearest_at(ox, p->in_width, p->out_width, p) * pixel, pixel);
    }
  }
}

static void run_nearest(const void *params, void *const *operands, const eb_context *context) {
  const eb_resize_params *p = params;
  run(params, operands, context, nearest_rows, 2 * p->element_bytes);
}

const eb_operator eb_resize_bilinear_f32 = {.name = "resize_bilinear_f32",
                                            .params_bytes = sizeof(eb_resize_params),
                                            .accepts = accepts_bilinear,
                                            .run = run_bilinear};
const eb_operator eb_resize_bilinear_qs8 = {.name = "resize_bilinear_qs8",
                                            .params_bytes = sizeof(eb_resize_params),
                                            .accepts = accepts_bilinear_qs8,
                                            .run = run_bilinear_qs8};
const eb_operator eb_resize_nearest = {
    .name = "resize_nearest", .params_bytes = sizeof(eb_resize_params), .accepts = accepts_nearest, .run = run_nearest};
