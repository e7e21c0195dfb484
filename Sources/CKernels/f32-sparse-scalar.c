// The reference: one pixel, one channel, one weight at a time.
#include "f32-sparse.h"

enum { tile_pixels = 4 };

static float clamp(float x, float min, float max) {
  x = x < min ? min : x;
  return x > max ? max : x;
}

static inline void spmm(size_t block, size_t pixels, size_t blocks, const uint32_t *counts, const uint16_t *places,
                        const float *values, const float *bias, const float *a, float *c, float min, float max) {
  for (size_t b = 0; b < blocks; b++) {
    for (size_t n = 0; n < block; n++) {
      for (size_t p = 0; p < pixels; p++) {
        float sum = bias[b * block + n];
        for (size_t e = 0; e < counts[b]; e++) sum += values[e * block + n] * a[places[e] * pixels + p];
        *c++ = clamp(sum, min, max);
      }
    }
    places += counts[b];
    values += counts[b] * block;
  }
}

static void spmm_1(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,
                   const float *bias, const float *a, float *c, float min, float max) {
  spmm(1, tile_pixels, blocks, counts, places, values, bias, a, c, min, max);
}

static void spmm_4(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,
                   const float *bias, const float *a, float *c, float min, float max) {
  spmm(4, tile_pixels, blocks, counts, places, values, bias, a, c, min, max);
}

static void spmv_1(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,
                   const float *bias, const float *a, float *c, float min, float max) {
  spmm(1, 1, blocks, counts, places, values, bias, a, c, min, max);
}

static void spmv_4(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,
                   const float *bias, const float *a, float *c, float min, float max) {
  spmm(4, 1, blocks, counts, places, values, bias, a, c, min, max);
}

static void transpose(size_t rows, size_t columns, const float *from, size_t from_stride, float *to, size_t to_stride) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) to[c * to_stride + r] = from[r * from_stride + c];
  }
}

static void masked(size_t rows, size_t columns, size_t depth, const uint16_t *masks, const float *values,
                   const float *bias, const float *a, size_t a_stride, float *c, size_t c_stride, float min,
                   float max) {
  (void)rows, (void)a_stride, (void)c_stride;  // one row at a time
  float sums[EB_MASKED_CHANNELS];
  for (size_t n = 0; n < EB_MASKED_CHANNELS; n++) sums[n] = bias[n];
  for (size_t k = 0; k < depth; k++) {
    for (size_t n = 0; n < EB_MASKED_CHANNELS; n++) {
      if ((masks[k] >> n & 1) != 0) sums[n] += a[k] * *values++;
    }
  }
  for (size_t n = 0; n < columns; n++) c[n] = clamp(sums[n], min, max);
}

const eb_f32_sparse_kernels eb_f32_sparse_kernels_scalar = {.pixels = tile_pixels,
                                                            .spmm_1 = spmm_1,
                                                            .spmm_4 = spmm_4,
                                                            .spmv_1 = spmv_1,
                                                            .spmv_4 = spmv_4,
                                                            .transpose = transpose,
                                                            .max_rows = 1,
                                                            .masked = masked};
