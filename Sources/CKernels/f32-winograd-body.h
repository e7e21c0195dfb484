// The transforms of F(2x2, 3x3), for the compiler to vectorise along the channels. The including file sets
// EB_WINOGRAD_INPUT and EB_WINOGRAD_OUTPUT, the functions' names, and EB_WINOGRAD_CHANNELS where its compiler has to be
// told to.
#ifndef EB_WINOGRAD_CHANNELS
#define EB_WINOGRAD_CHANNELS
#endif

#include "f32-kernels.h"
#include "vector-math.h"

// v[position] = B^T d B of the 4x4 inputs d.
void EB_WINOGRAD_INPUT(size_t channels, const float *restrict a, size_t a_row, size_t a_pixel, float *restrict v,
                       size_t v_position) {
  EB_WINOGRAD_CHANNELS
  for (size_t n = 0; n < channels; n++) {
    float rows[4][4];
    for (size_t x = 0; x < 4; x++) {
      const float *d = a + x * a_pixel + n;
      float d0 = d[0], d1 = d[a_row], d2 = d[2 * a_row], d3 = d[3 * a_row];
      rows[0][x] = d0 - d2;
      rows[1][x] = d1 + d2;
      rows[2][x] = d2 - d1;
      rows[3][x] = d1 - d3;
    }
    for (size_t y = 0; y < 4; y++) {
      float *to = v + 4 * y * v_position + n;
      to[0] = rows[y][0] - rows[y][2];
      to[v_position] = rows[y][1] + rows[y][2];
      to[2 * v_position] = rows[y][2] - rows[y][1];
      to[3 * v_position] = rows[y][1] - rows[y][3];
    }
  }
}

// c = clamp(A^T m A + bias), of which `rows` x `columns` outputs are in the image.
void EB_WINOGRAD_OUTPUT(size_t channels, const float *restrict m, size_t m_position, const float *restrict bias,
                        size_t rows, size_t columns, float *restrict c, size_t c_row, size_t c_pixel, float min,
                        float max) {
  size_t right = columns == 2 ? c_pixel : 0, below = rows == 2 ? c_row : 0;
  EB_WINOGRAD_CHANNELS
  for (size_t n = 0; n < channels; n++) {
    float top[4], bottom[4];
    for (size_t x = 0; x < 4; x++) {
      const float *p = m + x * m_position + n;
      float p0 = p[0], p1 = p[4 * m_position], p2 = p[8 * m_position], p3 = p[12 * m_position];
      top[x] = p0 + p1 + p2;
      bottom[x] = p1 - p2 - p3;
    }
    // What lies outside is written first, to where the outputs inside then go.
    c[below + right + n] = eb_clamp(bottom[1] - bottom[2] - bottom[3] + bias[n], min, max);
    c[below + n] = eb_clamp(bottom[0] + bottom[1] + bottom[2] + bias[n], min, max);
    c[right + n] = eb_clamp(top[1] - top[2] - top[3] + bias[n], min, max);
    c[n] = eb_clamp(top[0] + top[1] + top[2] + bias[n], min, max);
  }
}
