// Pooling in up to three dimensions, with dilations, with the places of maxima,
// or by a norm.
#include <math.h>
#include <string.h>

#include "eb_operators.h"
#include "sizes.h"
#include "window.h"

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_window_reduce_params *p = untyped;
  const eb_window *w = &p->window;
  if (!eb_window_is_valid(w) || w->channels == 0 || p->kind > EB_WINDOW_NORM || p->has_indices > 1) return false;
  if (p->has_indices && p->kind != EB_WINDOW_MAX) return false;
  return operand_count == 2 && EB_HOLDS(operand_bytes[0], w->batch, w->in[0], w->in[1], w->in[2], w->channels, 4) &&
         EB_HOLDS(operand_bytes[1], w->batch, w->out[0], w->out[1], w->out[2], w->channels, p->has_indices ? 8 : 4);
}

// The taps of a window that lie on the image, along each axis, and how many lie
// on it or on its padding.
typedef struct {
  uint64_t first[EB_SPACE], end[EB_SPACE];
  uint64_t padded;
} taps;

static taps taps_of(const eb_window *w, const uint64_t *at) {
  taps result = {.padded = 1};
  for (uint32_t i = 0; i < EB_SPACE; i++) {
    uint64_t padded = 0;
    result.first[i] = w->window[i];
    for (uint64_t t = 0; t < w->window[i]; t++) {
      const int64_t place = eb_window_place(w, i, at[i], t);
      if (eb_window_is_inside(w, i, place)) {
        if (t < result.first[i]) result.first[i] = t;
        result.end[i] = t + 1;
      }
      padded += place < (int64_t)w->in[i] + (int64_t)w->pad_after[i];
    }
    result.padded *= padded;
  }
  return result;
}

typedef struct {
  float value;
  int64_t place;  // of a maximum, in the image
} reduced;

// One channel of one window; `in` is the image's element of that channel at
// place 0.
static reduced reduce(const eb_window_reduce_params *p, const taps *taps, const uint64_t *at, const float *in) {
  const eb_window *w = &p->window;
  reduced result = {.value = p->kind == EB_WINDOW_MAX ? -__builtin_inff() : 0.0f, .place = -1};
  double sum = 0;
  uint64_t count = 0;
  for (uint64_t d = taps->first[0]; d < taps->end[0]; d++) {
    const int64_t z = eb_window_place(w, 0, at[0], d);
    for (uint64_t h = taps->first[1]; h < taps->end[1]; h++) {
      const int64_t y = eb_window_place(w, 1, at[1], h);
      for (uint64_t c = taps->first[2]; c < taps->end[2]; c++, count++) {
        const int64_t x = eb_window_place(w, 2, at[2], c);
        const int64_t place = (z * w->in[1] + y) * w->in[2] + x;
        const float value = in[place * w->channels];
        if (p->kind == EB_WINDOW_MAX) {
          if (value > result.value || result.place < 0 || value != value) {
            result.value = value;
            result.place = p->is_column_major ? (x * w->in[1] + y) * w->in[0] + z : place;
          }
        } else {
          sum += p->kind == EB_WINDOW_AVERAGE ? (double)value : pow(fabs((double)value), (double)p->norm);
        }
      }
    }
  }
  if (p->kind == EB_WINDOW_AVERAGE) {
    const uint64_t of = p->counts_padding ? taps->padded : count;
    result.value = of == 0 ? 0.0f : (float)(sum / (double)of);
  } else if (p->kind == EB_WINDOW_NORM) {
    result.value = (float)pow(sum, 1.0 / (double)p->norm);
  }
  return result;
}

// The same for `channels` neighbouring channels at once, at most block_channels, of a maximum or an average.
enum { block_channels = 64 };

static void reduce_block(const eb_window_reduce_params *p, const taps *taps, const uint64_t *at, const float *in,
                         size_t channels, float *out) {
  const eb_window *w = &p->window;
  float maxima[block_channels];
  double sums[block_channels] = {0};
  uint64_t count = 0;
  for (size_t c = 0; c < channels; c++) maxima[c] = -__builtin_inff();
  for (uint64_t d = taps->first[0]; d < taps->end[0]; d++) {
    const int64_t z = eb_window_place(w, 0, at[0], d);
    for (uint64_t h = taps->first[1]; h < taps->end[1]; h++) {
      const int64_t y = eb_window_place(w, 1, at[1], h);
      for (uint64_t t = taps->first[2]; t < taps->end[2]; t++, count++) {
        const int64_t x = eb_window_place(w, 2, at[2], t);
        const float *pixel = in + (size_t)((z * w->in[1] + y) * w->in[2] + x) * w->channels;
        if (p->kind == EB_WINDOW_MAX) {
          for (size_t c = 0; c < channels; c++) {
            maxima[c] = pixel[c] > maxima[c] || pixel[c] != pixel[c] ? pixel[c] : maxima[c];
          }
        } else {
          for (size_t c = 0; c < channels; c++) sums[c] += (double)pixel[c];
        }
      }
    }
  }
  if (p->kind == EB_WINDOW_MAX) {
    memcpy(out, maxima, channels * sizeof(float));
    return;
  }
  const uint64_t of = p->counts_padding ? taps->padded : count;
  for (size_t c = 0; c < channels; c++) out[c] = of == 0 ? 0.0f : (float)(sums[c] / (double)of);
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_window_reduce_params *p = untyped;
  const eb_window *w = &p->window;
  const float *in = operands[0];
  float *values = operands[1];
  int64_t *places = operands[1];
  const uint64_t pixels = eb_window_pixels(w->in);
  for (uint64_t n = 0; n < w->batch; n++, in += pixels * w->channels) {
    uint64_t at[EB_SPACE];
    for (at[0] = 0; at[0] < w->out[0]; at[0]++) {
      for (at[1] = 0; at[1] < w->out[1]; at[1]++) {
        for (at[2] = 0; at[2] < w->out[2]; at[2]++) {
          const taps taps = taps_of(w, at);
          for (size_t c = 0; !p->has_indices && p->kind != EB_WINDOW_NORM && c < w->channels; c += block_channels) {
            const size_t left = w->channels - c, channels = left < block_channels ? left : block_channels;
            reduce_block(p, &taps, at, in + c, channels, values);
            values += channels;
          }
          if (!p->has_indices && p->kind != EB_WINDOW_NORM) continue;
          for (uint64_t c = 0; c < w->channels; c++) {
            const reduced result = reduce(p, &taps, at, in + c);
            if (p->has_indices) {
              // As ONNX counts: over all images and channels, channels outside
              // of the places.
              *places++ = (int64_t)((n * w->channels + c) * pixels) + result.place;
            } else {
              *values++ = result.value;
            }
          }
        }
      }
    }
  }
}

const eb_operator eb_window_reduce_f32 = {
    .name = "window_reduce_f32", .params_bytes = sizeof(eb_window_reduce_params), .accepts = accepts, .run = run};
