// Blocks of an image, laid side by side, added up where they lie.
#include <string.h>

#include "eb_operators.h"
#include "sizes.h"
#include "window.h"

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_window *w = &((const eb_col2im_params *)untyped)->window;
  return operand_count == 2 && eb_window_is_valid(w) && w->channels != 0 &&
         EB_HOLDS(operand_bytes[0], w->batch, w->channels, w->window[0], w->window[1], w->window[2], w->out[0],
                  w->out[1], w->out[2], sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], w->batch, w->channels, w->in[0], w->in[1], w->in[2], sizeof(float));
}

// One tap of all blocks.
static void add_tap(const eb_window *w, const uint64_t *tap, const float *in, float *out) {
  for (uint64_t d = 0; d < w->out[0]; d++) {
    const int64_t z = eb_window_place(w, 0, d, tap[0]);
    for (uint64_t h = 0; h < w->out[1]; h++) {
      const int64_t y = eb_window_place(w, 1, h, tap[1]);
      for (uint64_t x = 0; x < w->out[2]; x++, in++) {
        const int64_t at = eb_window_place(w, 2, x, tap[2]);
        if (eb_window_is_inside(w, 0, z) && eb_window_is_inside(w, 1, y) && eb_window_is_inside(w, 2, at)) {
          out[(z * w->in[1] + y) * w->in[2] + at] += *in;
        }
      }
    }
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_window *w = &((const eb_col2im_params *)untyped)->window;
  const float *in = operands[0];
  float *out = operands[1];
  const size_t image = eb_window_pixels(w->in), blocks = eb_window_pixels(w->out);
  for (uint64_t i = 0; i < (uint64_t)w->batch * w->channels; i++, out += image) {
    memset(out, 0, image * sizeof(float));
    uint64_t tap[EB_SPACE];
    for (tap[0] = 0; tap[0] < w->window[0]; tap[0]++) {
      for (tap[1] = 0; tap[1] < w->window[1]; tap[1]++) {
        for (tap[2] = 0; tap[2] < w->window[2]; tap[2]++, in += blocks) add_tap(w, tap, in, out);
      }
    }
  }
}

const eb_operator eb_col2im_f32 = {
    .name = "col2im_f32", .params_bytes = sizeof(eb_col2im_params), .accepts = accepts, .run = run};
