// Convolution and transposed convolution in up to three dimensions, in groups:
// the taps of a line of pixels are laid side by side, and multiplied by the
// packed weights at once.
//
// Transposed, each input pixel is multiplied by the weights of all taps, and
// the products are added where they belong.
#include <string.h>

#include "eb_vector_kernels.h"
#include "f32-product.h"
#include "sizes.h"
#include "window.h"

static uint64_t tap_count(const eb_conv_nd_params *p) { return eb_window_pixels(p->window.window); }

static bool is_valid(const eb_conv_nd_params *p) {
  const eb_window *w = &p->window;
  enum { largest = 1 << 28 };
  if (!eb_window_is_valid(w) || p->groups == 0 || p->in_channels == 0 || p->out_channels == 0 || p->is_transposed > 1) {
    return false;
  }
  if (p->in_channels % p->groups != 0 || p->out_channels % p->groups != 0) return false;
  return EB_HOLDS(largest, p->in_channels, w->window[0], w->window[1], w->window[2]) &&
         EB_HOLDS(largest, p->out_channels, w->window[0], w->window[1], w->window[2]) && w->in[2] <= largest &&
         w->out[2] <= largest;
}

// Of a group's product.
static uint32_t depth_of(const eb_conv_nd_params *p) {
  return (uint32_t)(p->is_transposed ? p->in_channels / p->groups : tap_count(p) * (p->in_channels / p->groups));
}

static uint32_t columns_of(const eb_conv_nd_params *p) {
  return (uint32_t)(p->is_transposed ? tap_count(p) * (p->out_channels / p->groups) : p->out_channels / p->groups);
}

size_t eb_conv_nd_group_bytes(const eb_conv_nd_params *p) {
  return is_valid(p) ? eb_pack_gemm_bytes(p->isa, columns_of(p), depth_of(p)) : 0;
}

// Taps of one line of output pixels; or, transposed, products of one line of
// input pixels.
size_t eb_conv_nd_scratch_bytes(const eb_conv_nd_params *p) {
  if (!is_valid(p)) return 0;
  const uint64_t pixels = p->window.out[2], row = p->is_transposed ? columns_of(p) : depth_of(p);
  return (size_t)(pixels * row * sizeof(float));
}

// The image that the taps lie in has `in_channels`, or, transposed,
// `out_channels`.
static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_conv_nd_params *p = untyped;
  const eb_window *w = &p->window;
  uint64_t weight_bytes;
  const size_t group_bytes = eb_conv_nd_group_bytes(p);
  if (group_bytes == 0 || eb_f32_kernels_for(p->isa) == NULL) return false;
  if (__builtin_mul_overflow((uint64_t)group_bytes, p->groups, &weight_bytes)) return false;
  const size_t image = p->is_transposed ? 3 : 0, windows = 3 - image;
  const uint32_t image_channels = p->is_transposed ? p->out_channels : p->in_channels;
  const uint32_t window_channels = p->is_transposed ? p->in_channels : p->out_channels;
  return operand_count == 5 &&
         EB_HOLDS(operand_bytes[image], w->batch, w->in[0], w->in[1], w->in[2], image_channels, 4) &&
         EB_HOLDS(operand_bytes[windows], w->batch, w->out[0], w->out[1], w->out[2], window_channels, 4) &&
         weight_bytes <= operand_bytes[1] && EB_HOLDS(operand_bytes[2], p->out_channels, 4) &&
         eb_conv_nd_scratch_bytes(p) <= operand_bytes[4];
}

typedef struct {
  const eb_conv_nd_params *p;
  const eb_context *context;
  const float *bias;
  float *scratch;
} work;

static void multiply(const work *w, const float *a, size_t a_pixel, float *c, size_t c_pixel, const void *packed,
                     float min, float max) {
  const eb_conv_nd_params *p = w->p;
  const eb_f32_product product = {
      .lines = 1,
      .pixels = p->window.out[2],
      .a = a,
      .a_pixel = (ptrdiff_t)a_pixel,
      .c = c,
      .c_pixel = (ptrdiff_t)c_pixel,
      .taps = {.outer = 1, .inner = 1, .length = depth_of(p)},
      .packed = packed,
      .depth = depth_of(p),
      .columns = columns_of(p),
      .min = min,
      .max = max,
  };
  eb_f32_multiply_shared(w->context, eb_f32_kernels_for(p->isa), eb_f32_layout_for(p->isa), &product);
}

// Calls for each tap of each pixel of line (d, h): where it lies in the image,
// or -1.
#define EB_EACH_TAP(w, d, h, x, tap, place, body)                                                             \
  for (uint64_t x = 0; x < (w)->out[2]; x++) {                                                                \
    uint64_t tap = 0;                                                                                         \
    for (uint64_t td = 0; td < (w)->window[0]; td++) {                                                        \
      const int64_t pd = eb_window_place(w, 0, d, td);                                                        \
      for (uint64_t th = 0; th < (w)->window[1]; th++) {                                                      \
        const int64_t ph = eb_window_place(w, 1, h, th);                                                      \
        for (uint64_t tw = 0; tw < (w)->window[2]; tw++, tap++) {                                             \
          const int64_t pw = eb_window_place(w, 2, x, tw);                                                    \
          const int64_t place =                                                                               \
              eb_window_is_inside(w, 0, pd) && eb_window_is_inside(w, 1, ph) && eb_window_is_inside(w, 2, pw) \
                  ? (pd * (w)->in[1] + ph) * (w)->in[2] + pw                                                  \
                  : -1;                                                                                       \
          body                                                                                                \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
  }

static void convolve_line(const work *work, const float *image, uint64_t d, uint64_t h, size_t group,
                          const void *packed, float *out) {
  const eb_conv_nd_params *p = work->p;
  const eb_window *w = &p->window;
  const size_t channels = p->in_channels / p->groups, depth = depth_of(p);
  const float *from = image + group * channels;
  EB_EACH_TAP(w, d, h, x, tap, place, {
    float *to = work->scratch + x * depth + tap * channels;
    if (place < 0) {
      memset(to, 0, channels * sizeof(float));
    } else {
      memcpy(to, from + (size_t)place * p->in_channels, channels * sizeof(float));
    }
  })
  multiply(work, work->scratch, depth, out + group * (p->out_channels / p->groups), p->out_channels, packed, p->min,
           p->max);
}

static void deconvolve_line(const work *work, const float *line, uint64_t d, uint64_t h, size_t group,
                            const void *packed, float *image) {
  const eb_conv_nd_params *p = work->p;
  const eb_window *w = &p->window;
  const size_t channels = p->out_channels / p->groups, columns = columns_of(p);
  const eb_vector_kernels *kernels = eb_vector_kernels_for(p->isa);
  multiply(work, line + group * (p->in_channels / p->groups), p->in_channels, work->scratch, columns, packed,
           -__builtin_inff(), __builtin_inff());
  float *to = image + group * channels;
  EB_EACH_TAP(w, d, h, x, tap, place, {
    if (place >= 0) {
      kernels->add_scaled_f32(channels, 1.0f, work->scratch + x * columns + tap * channels,
                              to + (size_t)place * p->out_channels);
    }
  })
}

static void add_bias_and_clamp(const work *work, float *image, bool adds) {
  const eb_conv_nd_params *p = work->p;
  const uint64_t pixels = eb_window_pixels(p->window.in);
  for (uint64_t i = 0; i < pixels; i++, image += p->out_channels) {
    for (size_t c = 0; c < p->out_channels; c++) {
      if (adds) {
        image[c] = work->bias[c];
      } else {
        const float low = image[c] < p->min ? p->min : image[c];
        image[c] = low > p->max ? p->max : low;
      }
    }
  }
}

// Operands: in, packed weights, bias [out_channels] (for the transposed one;
// else it is packed), out, scratch.
static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_conv_nd_params *p = untyped;
  const eb_window *w = &p->window;
  const work work = {.p = p, .context = context, .bias = operands[2], .scratch = operands[4]};
  const size_t group_bytes = eb_conv_nd_group_bytes(p);
  const uint64_t image_size = eb_window_pixels(w->in) * (p->is_transposed ? p->out_channels : p->in_channels);
  const size_t line_size = (size_t)w->out[2] * (p->is_transposed ? p->in_channels : p->out_channels);
  float *image = operands[p->is_transposed ? 3 : 0], *line = operands[p->is_transposed ? 0 : 3];
  for (uint64_t n = 0; n < w->batch; n++, image += image_size) {
    if (p->is_transposed) add_bias_and_clamp(&work, image, true);
    for (uint64_t d = 0; d < w->out[0]; d++) {
      for (uint64_t h = 0; h < w->out[1]; h++, line += line_size) {
        for (size_t g = 0; g < p->groups; g++) {
          const void *packed = (const unsigned char *)operands[1] + g * group_bytes;
          if (p->is_transposed) {
            deconvolve_line(&work, line, d, h, g, packed, image);
          } else {
            convolve_line(&work, image, d, h, g, packed, line);
          }
        }
      }
    }
    if (p->is_transposed && (p->min > -__builtin_inff() || p->max < __builtin_inff())) {
      add_bias_and_clamp(&work, image, false);
    }
  }
}

const eb_operator eb_conv_nd_f32 = {
    .name = "conv_nd_f32", .params_bytes = sizeof(eb_conv_nd_params), .accepts = accepts, .run = run};
