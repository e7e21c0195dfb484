// Convolution whose taps are moved: samples of a line of pixels are laid side
// by side, and multiplied by the packed weights at once.
//
// Source: Zhu et al., arXiv:1811.11168, "Deformable ConvNets v2", eq. 1.
#include <math.h>

#include "eb_operators.h"
#include "f32-product.h"
#include "sizes.h"
#include "window.h"

// Operands: in, packed weights, offsets, [mask], out, scratch.
static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_deform_conv_params *p = untyped;
  const eb_conv_nd_params *c = &p->conv;
  const eb_window *w = &c->window;
  uint64_t weight_bytes;
  const size_t group_bytes = eb_conv_nd_group_bytes(c), out = 3 + (p->has_mask != 0);
  if (group_bytes == 0 || c->is_transposed || p->has_mask > 1 || eb_f32_kernels_for(c->isa) == NULL) return false;
  if (w->in[0] != 1 || w->out[0] != 1 || w->window[0] != 1 || w->in[1] > 1u << 24 || w->in[2] > 1u << 24) return false;
  if (p->offset_groups == 0 || c->in_channels % p->offset_groups != 0) return false;
  if (__builtin_mul_overflow((uint64_t)group_bytes, c->groups, &weight_bytes)) return false;
  return operand_count == out + 2 &&
         EB_HOLDS(operand_bytes[0], w->batch, w->in[1], w->in[2], c->in_channels, sizeof(float)) &&
         weight_bytes <= operand_bytes[1] &&
         EB_HOLDS(operand_bytes[2], w->batch, w->out[1], w->out[2], p->offset_groups, w->window[1], w->window[2], 2,
                  sizeof(float)) &&
         (!p->has_mask || EB_HOLDS(operand_bytes[3], w->batch, w->out[1], w->out[2], p->offset_groups, w->window[1],
                                   w->window[2], sizeof(float))) &&
         EB_HOLDS(operand_bytes[out], w->batch, w->out[1], w->out[2], c->out_channels, sizeof(float)) &&
         eb_conv_nd_scratch_bytes(c) <= operand_bytes[out + 1];
}

// Channel 0 of the image at (y, x), between pixels, pixels outside being 0; to
// `count` channels.
static void sample(const eb_window *w, const float *image, size_t channels, size_t count, float y, float x, float scale,
                   float *to) {
  for (size_t c = 0; c < count; c++) to[c] = 0;
  if (!(y > -1 && y < (float)w->in[1] && x > -1 && x < (float)w->in[2])) return;
  const float top = floorf(y), left = floorf(x);
  for (int i = 0; i < 4; i++) {
    const int64_t py = (int64_t)top + i / 2, px = (int64_t)left + i % 2;
    if (!eb_window_is_inside(w, 1, py) || !eb_window_is_inside(w, 2, px)) continue;
    const float fy = y - top, fx = x - left;
    const float weight = (i / 2 == 0 ? 1 - fy : fy) * (i % 2 == 0 ? 1 - fx : fx) * scale;
    const float *pixel = image + (size_t)(py * w->in[2] + px) * channels;
    for (size_t c = 0; c < count; c++) to[c] += weight * pixel[c];
  }
}

// The samples of line `h` that a group of channels takes,
// [pixel][tap][channel].
static void sample_line(const eb_deform_conv_params *p, const float *image, uint64_t h, size_t group,
                        const float *offsets, const float *mask, float *to) {
  const eb_conv_nd_params *c = &p->conv;
  const eb_window *w = &c->window;
  const size_t channels = c->in_channels / c->groups, of_offsets = c->in_channels / p->offset_groups;
  const size_t taps = eb_window_pixels(w->window);
  for (uint64_t x = 0; x < w->out[2]; x++) {
    for (size_t tap = 0; tap < taps; tap++, to += channels) {
      const int64_t y0 = eb_window_place(w, 1, h, tap / w->window[2]),
                    x0 = eb_window_place(w, 2, x, tap % w->window[2]);
      for (size_t done = 0; done < channels;) {
        const size_t channel = group * channels + done, offset_group = channel / of_offsets;
        const size_t left = (offset_group + 1) * of_offsets - channel;
        const size_t count = left < channels - done ? left : channels - done;
        const size_t at = (x * p->offset_groups + offset_group) * taps + tap;
        sample(w, image + channel, c->in_channels, count, (float)y0 + offsets[2 * at], (float)x0 + offsets[2 * at + 1],
               mask == NULL ? 1 : mask[at], to + done);
        done += count;
      }
    }
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_deform_conv_params *p = untyped;
  const eb_conv_nd_params *c = &p->conv;
  const eb_window *w = &c->window;
  const size_t group_bytes = eb_conv_nd_group_bytes(c), out_at = 3 + p->has_mask;
  const size_t channels = c->in_channels / c->groups, depth = channels * eb_window_pixels(w->window);
  const size_t offsets_a_line = (size_t)w->out[2] * p->offset_groups * eb_window_pixels(w->window);
  const float *offsets = operands[2], *mask = p->has_mask ? operands[3] : NULL;
  float *out = operands[out_at];
  for (uint64_t n = 0; n < w->batch; n++) {
    const float *image = (const float *)operands[0] + n * w->in[1] * w->in[2] * c->in_channels;
    for (uint64_t h = 0; h < w->out[1]; h++) {
      for (size_t g = 0; g < c->groups; g++) {
        sample_line(p, image, h, g, offsets, mask, operands[out_at + 1]);
        const eb_f32_product product = {
            .lines = 1,
            .pixels = w->out[2],
            .a = operands[out_at + 1],
            .a_pixel = (ptrdiff_t)depth,
            .c = out + g * (c->out_channels / c->groups),
            .c_pixel = (ptrdiff_t)c->out_channels,
            .taps = {.outer = 1, .inner = 1, .length = depth},
            .packed = (const unsigned char *)operands[1] + g * group_bytes,
            .depth = depth,
            .columns = c->out_channels / c->groups,
            .min = c->min,
            .max = c->max,
        };
        eb_f32_multiply_shared(context, eb_f32_kernels_for(c->isa), eb_f32_layout_for(c->isa), &product);
      }
      offsets += 2 * offsets_a_line;
      if (mask != NULL) mask += offsets_a_line;
      out += (size_t)w->out[2] * c->out_channels;
    }
  }
}

const eb_operator eb_deform_conv_f32 = {
    .name = "deform_conv_f32", .params_bytes = sizeof(eb_deform_conv_params), .accepts = accepts, .run = run};
