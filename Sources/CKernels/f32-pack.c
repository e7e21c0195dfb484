#include "f32-pack.h"

#include <string.h>

#include "f32-vector.h"
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

// [channels][width] of f32: rows of the weights as they are, or columns, four by four.
static void pack_floats(const float *from, ptrdiff_t n_stride, ptrdiff_t c_stride, size_t channels, size_t count,
                        size_t width, float scale, float *restrict to) {
  size_t n = 0;
  for (; c_stride == 1 && n + 4 <= count; n += 4) {
    const float *a = from + (ptrdiff_t)n * n_stride, *b = a + n_stride, *c = b + n_stride, *d = c + n_stride;
    size_t k = 0;
    for (; k + 4 <= channels; k += 4) {
      EB_TRANSPOSE_4X4(a + k, n_stride, to + k * width + n, width, scale *);
    }
    for (; k < channels; k++) {
      float *at = to + k * width + n;
      at[0] = a[k] * scale;
      at[1] = b[k] * scale;
      at[2] = c[k] * scale;
      at[3] = d[k] * scale;
    }
  }
  for (size_t k = 0; k < channels; k++) {
    const float *row = from + (ptrdiff_t)k * c_stride;
    float *at = to + k * width;
    if (n_stride == 1) {
      for (size_t i = n; i < count; i++) at[i] = row[i] * scale;
    } else {
      for (size_t i = n; i < count; i++) at[i] = row[(ptrdiff_t)i * n_stride] * scale;
    }
    for (size_t i = count; i < width; i++) at[i] = 0;
  }
}

static unsigned char *pack_panel(bool half, const eb_f32_weights *weights, size_t first, size_t count, size_t width,
                                 float scale, unsigned char *at) {
  for (size_t y = 0; y < weights->height; y++) {
    for (size_t x = 0; x < weights->width; x++) {
      const float *tap = weights->base + (ptrdiff_t)y * weights->y_stride + (ptrdiff_t)x * weights->x_stride +
                         (ptrdiff_t)first * weights->n_stride;
      if (!half) {
        pack_floats(tap, weights->n_stride, weights->c_stride, weights->channels, count, width, scale,
                    (float *)(void *)at);
        at += weights->channels * width * sizeof(float);
        continue;
      }
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
