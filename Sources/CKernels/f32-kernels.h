// The f32 microkernels: one table of them per instruction set, and the layout of packed weights that they read.
//
// A convolution is an implicit GEMM. A tile of `rows` output pixels lies on a line of the input, `a_stride`
// floats apart, so no indirection buffer and no copy of the input is needed: pixels at the border, which see
// fewer taps, form lines of their own (f32-axis.h).
//
// Packed weights of n columns and depth k: panels of `width` columns, each [bias: width f32][k][width], the
// columns beyond n zero. Panel widths come from eb_f32_layout; f16w panels hold IEEE halves after the f32 bias.
#ifndef EB_F32_KERNELS_H
#define EB_F32_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_isa.h"

#define EB_F32_MAX_WIDTHS 3u

// The part of the depth that a tile sums over: outer x inner segments of `length` consecutive floats.
// Strides of `a` are in floats, of `w` in steps of k.
typedef struct {
  size_t outer, inner, length;
  ptrdiff_t a_outer, a_inner;
  size_t w_outer, w_inner;
} eb_f32_taps;

// c[m, n] = clamp(bias[n] + sum over taps of a[m * a_stride + ...] * w[k, n]), 1 <= rows <= max_rows,
// 1 <= columns <= width. Nothing beyond `columns` is written.
typedef void (*eb_f32_gemm_ukernel)(size_t rows, size_t columns, const eb_f32_taps *taps, const float *a,
                                    ptrdiff_t a_stride, const float *bias, const void *w, float *c, ptrdiff_t c_stride,
                                    float min, float max);

// c[p, i] = clamp(bias[i] + sum over taps of a[p * a_stride + tap, i] * w[tap, i]) for `width` channels i.
// Here a segment is one tap: inner taps lie a_inner apart, w is [tap][width].
typedef void (*eb_f32_dwconv_ukernel)(size_t pixels, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride,
                                      const float *bias, const void *w, float *c, ptrdiff_t c_stride, float min,
                                      float max);

// Two lines of a 3x3 depthwise convolution of stride 1, all of whose taps are inside, bit for bit what calls of the
// kernel above give, for `blocks` blocks of channels that follow each other: input lines lie a_line apart, output lines
// c_line, packed blocks [bias][9][width]. A few pixels go through all channels together: pixels of many channels lie a
// power of two apart, and a whole line of one block would not stay in the cache.
typedef void (*eb_f32_dwconv_pair_ukernel)(size_t pixels, size_t blocks, const float *a, ptrdiff_t a_line,
                                           ptrdiff_t a_pixel, const void *packed, float *c, ptrdiff_t c_line,
                                           ptrdiff_t c_pixel, float min, float max);

// c[i] = clamp(maximum, or scale * sum, over taps of a[tap, i]) for `channels` channels of one pixel.
typedef void (*eb_f32_pool_ukernel)(size_t channels, const eb_f32_taps *taps, const float *a, float scale, float *c,
                                    float min, float max);

// The transforms of f32-winograd.h, for `channels` of one tile; strides in floats. Of the 2x2 outputs, `rows` x
// `columns` are written.
typedef void (*eb_f32_winograd_input_ukernel)(size_t channels, const float *restrict a, size_t a_row, size_t a_pixel,
                                              float *restrict v, size_t v_position);
typedef void (*eb_f32_winograd_output_ukernel)(size_t channels, const float *restrict m, size_t m_position,
                                               const float *restrict bias, size_t rows, size_t columns,
                                               float *restrict c, size_t c_row, size_t c_pixel, float min, float max);

typedef struct {
  size_t width;
  size_t max_rows;
  eb_f32_gemm_ukernel f32, f16w;
} eb_f32_gemm_kernel;

typedef struct {
  size_t width;
  eb_f32_dwconv_ukernel f32, f16w;
} eb_f32_dwconv_kernel;

typedef struct {
  eb_f32_dwconv_pair_ukernel f32, f16w;
} eb_f32_dwconv_pair_kernel;

// Kernels in the order of the widths of eb_f32_layout_for the same instruction set.
typedef struct {
  eb_f32_gemm_kernel gemm[EB_F32_MAX_WIDTHS];
  eb_f32_dwconv_kernel dwconv[EB_F32_MAX_WIDTHS];
  eb_f32_dwconv_pair_kernel dwconv_pair[EB_F32_MAX_WIDTHS];  // NULL where there are too few registers for it
  eb_f32_pool_ukernel max_pool, average_pool;
  eb_f32_winograd_input_ukernel winograd_input;
  eb_f32_winograd_output_ukernel winograd_output;
} eb_f32_kernels;

// NULL for an instruction set that this processor or this build does not have.
const eb_f32_kernels *eb_f32_kernels_for(uint32_t isa);

// Those in f16 arithmetic, of f16 weights, in the order of eb_f32_layout_for_f16. NULL where there are none.
const eb_f32_kernels *eb_f32_kernels_for_f16(uint32_t isa);

extern const eb_f32_kernels eb_f32_kernels_scalar;
#if defined(__x86_64__)
extern const eb_f32_kernels eb_f32_kernels_avx2;
extern const eb_f32_kernels eb_f32_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const eb_f32_kernels eb_f32_kernels_neon;
extern const eb_f32_kernels eb_f32_kernels_neonfp16;
#endif
#if defined(__arm__)
extern const eb_f32_kernels eb_f32_kernels_armv7neon;
#endif

#endif
