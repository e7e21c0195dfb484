#include "f32-pack.h"

#include <string.h>

#include "half.h"

static unsigned char *store(unsigned char *at, bool half, float value) {
  if (half) {
    uint16_t bits = eb_f16_from_f32(value);
    memcpy(at, &bits, sizeof bits);
    return at + sizeof bits;
  }
  memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

static unsigned char *store_bias(unsigned char *at, const float *bias, size_t first, size_t count, size_t width) {
  for (size_t n = 0; n < width; n++) at = store(at, false, bias != NULL && n < count ? bias[first + n] : 0);
  return at;
}

static unsigned char *pack_panel(bool half, const eb_f32_weights *weights, size_t first, size_t count, size_t width,
                                 float scale, unsigned char *at) {
  for (size_t y = 0; y < weights->height; y++) {
    for (size_t x = 0; x < weights->width; x++) {
      const float *tap = weights->base + (ptrdiff_t)y * weights->y_stride + (ptrdiff_t)x * weights->x_stride +
                         (ptrdiff_t)first * weights->n_stride;
      for (size_t c = 0; c < weights->channels; c++) {
        const float *from = tap + (ptrdiff_t)c * weights->c_stride;
        for (size_t n = 0; n < width; n++) {
          at = store(at, half, n < count ? from[(ptrdiff_t)n * weights->n_stride] * scale : 0);
        }
      }
    }
  }
  if (half && (weights->height * weights->width * weights->channels) % 2 != 0) {
    for (size_t n = 0; n < width; n++) at = store(at, half, 0);
  }
  return at;
}

void eb_f32_pack_gemm(const eb_f32_layout *layout, bool half, const eb_f32_weights *weights, const float *bias,
                      float scale, void *packed) {
  unsigned char *at = packed;
  for (size_t n = 0; n < weights->columns;) {
    size_t left = weights->columns - n;
    size_t width = layout->gemm[eb_f32_next_panel(layout, left)];
    size_t count = left < width ? left : width;
    at = store_bias(at, bias, n, count, width);
    at = pack_panel(half, weights, n, count, width, scale, at);
    n += count;
  }
}

void eb_f32_pack_dwconv(size_t block, bool half, const eb_f32_weights *weights, const float *bias, void *packed) {
  unsigned char *at = packed;
  for (size_t c = 0; c < weights->columns; c += block) {
    size_t first = c + block <= weights->columns ? c : weights->columns - block;
    at = store_bias(at, bias, first, block, block);
    at = pack_panel(half, weights, first, block, block, 1, at);
  }
}
