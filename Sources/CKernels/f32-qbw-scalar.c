// The reference: one row, one channel, one weight at a time.
#include "f32-qbw.h"
#include "half.h"

static inline void multiply(unsigned bits, size_t columns, size_t blocks, size_t words, bool half, const uint8_t *w,
                            const float *a, float *c, float min, float max) {
  const size_t steps = 32 / bits;
  for (size_t n = 0; n < columns; n++) {
    const uint8_t *block = w + EB_QBW_CHANNELS * sizeof(float);
    float sum = ((const float *)(const void *)w)[n];
    for (size_t b = 0; b < blocks; b++) {
      const float scale =
          half ? eb_f32_from_f16(((const uint16_t *)(const void *)block)[n]) : ((const float *)(const void *)block)[n];
      block += EB_QBW_CHANNELS * (half ? sizeof(uint16_t) : sizeof(float));
      float part = 0;
      for (size_t k = 0; k < words * steps; k++) {
        const uint32_t word = ((const uint32_t *)(const void *)block)[k / steps * EB_QBW_CHANNELS + n];
        part += a[b * words * steps + k] * (float)((int32_t)(word << (32 - bits - bits * (k % steps))) >> (32 - bits));
      }
      sum += scale * part;
      block += words * EB_QBW_CHANNELS * sizeof(uint32_t);
    }
    sum = sum < min ? min : sum;
    c[n] = sum > max ? max : sum;
  }
}

static void qb4w(size_t rows, size_t columns, size_t blocks, size_t words, bool half, const uint8_t *w, const float *a,
                 size_t a_stride, float *c, size_t c_stride, float min, float max) {
  (void)rows, (void)a_stride, (void)c_stride;  // one row at a time
  multiply(4, columns, blocks, words, half, w, a, c, min, max);
}

static void qb8w(size_t rows, size_t columns, size_t blocks, size_t words, bool half, const uint8_t *w, const float *a,
                 size_t a_stride, float *c, size_t c_stride, float min, float max) {
  (void)rows, (void)a_stride, (void)c_stride;
  multiply(8, columns, blocks, words, half, w, a, c, min, max);
}

const eb_f32_qbw_kernels eb_f32_qbw_kernels_scalar = {.max_rows = 1, .qb4w = qb4w, .qb8w = qb8w};
