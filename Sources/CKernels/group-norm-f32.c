// (x - mean) / sqrt(variance + epsilon) * scale + bias, mean and variance over
// all pixels of a group of channels.
#include <math.h>
#include <string.h>

#include "eb_threads.h"
#include "eb_vector_kernels.h"
#include "sizes.h"

// Channels that are summed side by side, and pixels after which f32 sums move
// on to f64.
enum { block_channels = 256, block_pixels = 256 };

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_group_norm_params *p = params;
  if (p->has_scale > 1 || p->has_bias > 1 || operand_count != 2u + p->has_scale + p->has_bias) return false;
  if (p->groups == 0 || p->channels == 0 || p->channels % p->groups != 0 || p->pixels == 0) return false;
  for (size_t i = 1; i < operand_count - 1; i++) {
    if (!EB_HOLDS(operand_bytes[i], p->channels, sizeof(float))) return false;
  }
  return EB_HOLDS(operand_bytes[0], p->batch, p->pixels, p->channels, sizeof(float)) &&
         EB_HOLDS(operand_bytes[operand_count - 1], p->batch, p->pixels, p->channels, sizeof(float));
}

typedef struct {
  const eb_group_norm_params *p;
  const eb_vector_kernels *kernels;
  const float *scale, *bias;
} work;

// Adds over `channels` neighbouring channels of all pixels: x where `mean` is
// NULL, else (x - mean)^2.
static void add_up(const work *w, const float *in, size_t channels, const float *mean, double *sums) {
  float block[block_channels];
  for (size_t c = 0; c < channels; c++) sums[c] = 0;
  for (size_t first = 0; first < w->p->pixels; first += block_pixels) {
    const size_t left = w->p->pixels - first, pixels = left < block_pixels ? left : block_pixels;
    memset(block, 0, sizeof block);
    for (size_t i = first; i < first + pixels; i++) {
      const float *row = in + i * w->p->channels;
      if (mean == NULL) {
        w->kernels->accumulate_f32_row(EB_REDUCE_SUM, channels, row, block);
      } else {
        w->kernels->accumulate_deviation_f32(channels, row, mean, block);
      }
    }
    for (size_t c = 0; c < channels; c++) sums[c] += block[c];
  }
}

// Channels [first, first + channels) of one image, whole groups of `width`, at
// most block_channels.
static void normalize_groups(const work *w, const float *in, float *out, size_t first, size_t channels, size_t width) {
  const eb_group_norm_params *p = w->p;
  double sums[block_channels];
  float mean[block_channels], factor[block_channels], bias[block_channels];
  const double count = (double)width * (double)p->pixels;
  add_up(w, in + first, channels, NULL, sums);
  for (size_t g = 0; g < channels; g += width) {
    double sum = 0;
    for (size_t c = 0; c < width; c++) sum += sums[g + c];
    for (size_t c = 0; c < width; c++) mean[g + c] = (float)(sum / count);
  }
  add_up(w, in + first, channels, mean, sums);
  for (size_t g = 0; g < channels; g += width) {
    double sum = 0;
    for (size_t c = 0; c < width; c++) sum += sums[g + c];
    const float inverse = (float)(1.0 / sqrt(sum / count + (double)p->epsilon));
    for (size_t c = g; c < g + width; c++) {
      factor[c] = w->scale == NULL ? inverse : inverse * w->scale[first + c];
      bias[c] = w->bias == NULL ? 0.0f : w->bias[first + c];
    }
  }
  for (size_t i = 0; i < p->pixels; i++) {
    const size_t at = i * p->channels + first;
    w->kernels->standardize_f32(channels, in + at, mean, factor, bias, out + at);
  }
}

// One group that is wider than a block.
static void normalize_wide_group(const work *w, const float *in, float *out, size_t first, size_t width) {
  const eb_group_norm_params *p = w->p;
  double sums[block_channels], sum = 0;
  float mean[block_channels], factor[block_channels], bias[block_channels];
  const double count = (double)width * (double)p->pixels;
  for (int pass = 0; pass < 2; pass++) {
    sum = 0;
    for (size_t c = 0; c < width; c += block_channels) {
      const size_t channels = width - c < block_channels ? width - c : block_channels;
      add_up(w, in + first + c, channels, pass == 0 ? NULL : mean, sums);
      for (size_t i = 0; i < channels; i++) sum += sums[i];
    }
    for (size_t i = 0; pass == 0 && i < block_channels; i++) mean[i] = (float)(sum / count);
  }
  const float inverse = (float)(1.0 / sqrt(sum / count + (double)p->epsilon));
  for (size_t c = 0; c < width; c += block_channels) {
    const size_t channels = width - c < block_channels ? width - c : block_channels;
    for (size_t i = 0; i < channels; i++) {
      factor[i] = w->scale == NULL ? inverse : inverse * w->scale[first + c + i];
      bias[i] = w->bias == NULL ? 0.0f : w->bias[first + c + i];
    }
    for (size_t i = 0; i < p->pixels; i++) {
      const size_t at = i * p->channels + first + c;
      w->kernels->standardize_f32(channels, in + at, mean, factor, bias, out + at);
    }
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_group_norm_params *p = params;
  work w = {.p = p, .kernels = eb_vector_kernels_active()};
  w.scale = p->has_scale ? operands[1] : NULL;
  w.bias = p->has_bias ? operands[1 + p->has_scale] : NULL;
  const float *in = operands[0];
  float *out = operands[1 + p->has_scale + p->has_bias];
  const size_t width = p->channels / p->groups;
  const size_t step = width > block_channels ? width : block_channels / width * width;
  for (size_t n = 0; n < p->batch; n++, in += p->pixels * p->channels, out += p->pixels * p->channels) {
    for (size_t c = 0; c < p->channels; c += step) {
      const size_t channels = p->channels - c < step ? p->channels - c : step;
      if (width > block_channels) {
        normalize_wide_group(&w, in, out, c, width);
      } else {
        normalize_groups(&w, in, out, c, channels, width);
      }
    }
  }
}

const eb_operator eb_group_norm_f32 = {
    .name = "group_norm_f32", .params_bytes = sizeof(eb_group_norm_params), .accepts = accepts, .run = run};
