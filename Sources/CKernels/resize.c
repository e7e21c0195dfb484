#include "resize.h"

#include <string.h>

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

static void run_bilinear(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  if (is_empty(params)) return;
  eb_vector_kernels_active()->resize_bilinear_f32(params, operands[0], operands[1]);
}

// Input and output have one quantization, so steps interpolate as the numbers do. Half away from zero.
static void run_bilinear_qs8(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_resize_params *p = params;
  if (is_empty(p)) return;
  const int8_t *in = operands[0];
  int8_t *out = operands[1];
  const size_t channels = p->channels, row = (size_t)p->in_width * channels;
  for (uint32_t n = 0; n < p->batch; n++, in += (size_t)p->in_height * row) {
    for (uint32_t oy = 0; oy < p->out_height; oy++) {
      const eb_resize_tap y = eb_resize_tap_at(oy, p->in_height, p->out_height, p);
      for (uint32_t ox = 0; ox < p->out_width; ox++, out += channels) {
        const eb_resize_tap x = eb_resize_tap_at(ox, p->in_width, p->out_width, p);
        const int8_t *top = in + y.lower * row, *bottom = in + y.upper * row;
        for (size_t c = 0; c < channels; c++) {
          const float left = (float)top[x.lower * channels + c] * (1 - y.fraction) +
                             (float)bottom[x.lower * channels + c] * y.fraction;
          const float right = (float)top[x.upper * channels + c] * (1 - y.fraction) +
                              (float)bottom[x.upper * channels + c] * y.fraction;
          const float value = left * (1 - x.fraction) + right * x.fraction;
          const float bounded = value < -128.0f ? -128.0f : value > 127.0f ? 127.0f : value;
          out[c] = (int8_t)roundf(bounded);
        }
      }
    }
  }
}

static void run_nearest(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_resize_params *p = params;
  if (is_empty(p)) return;
  const size_t pixel = (size_t)p->channels * p->element_bytes, row = p->in_width * pixel;
  const uint8_t *in = operands[0];
  uint8_t *out = operands[1];
  for (uint32_t n = 0; n < p->batch; n++, in += p->in_height * row) {
    for (uint32_t oy = 0; oy < p->out_height; oy++) {
      const uint8_t *from = in + eb_resize_nearest_at(oy, p->in_height, p->out_height, p) * row;
      for (uint32_t ox = 0; ox < p->out_width; ox++, out += pixel) {
        memcpy(out, from + eb_resize_nearest_at(ox, p->in_width, p->out_width, p) * pixel, pixel);
      }
    }
  }
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
