// Declarations of microkernels, for the header of each instruction set.
#ifndef EB_F32_DECLARE_H
#define EB_F32_DECLARE_H

#include "f32-kernels.h"

#define EB_DECLARE_F32_GEMM(name)                                                                     \
  void name(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, \
            const float *bias, const void *w, float *c, ptrdiff_t c_stride, float min, float max);
#define EB_DECLARE_F32_DWCONV(name)                                                                        \
  void name(size_t pixels, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, const float *bias, \
            const void *w, float *c, ptrdiff_t c_stride, float min, float max);
#define EB_DECLARE_F32_DWCONV_PAIR(name)                                                                           \
  void name(size_t pixels, size_t blocks, const float *a, ptrdiff_t a_line, ptrdiff_t a_pixel, const void *packed, \
            float *c, ptrdiff_t c_line, ptrdiff_t c_pixel, float min, float max);
#define EB_DECLARE_F32_POOL(name) \
  void name(size_t channels, const eb_f32_taps *taps, const float *a, float scale, float *c, float min, float max);

#define EB_DECLARE_F32_WINOGRAD(input, output)                                                                      \
  void input(size_t channels, const float *restrict a, size_t a_row, size_t a_pixel, float *restrict v,             \
             size_t v_position);                                                                                    \
  void output(size_t channels, const float *restrict m, size_t m_position, const float *restrict bias, size_t rows, \
              size_t columns, float *restrict c, size_t c_row, size_t c_pixel, float min, float max);

#endif
