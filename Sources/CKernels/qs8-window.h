// The part of an image that a band of output rows reads, copied with its padding made real.
//
// Kernels then walk plain memory: output (y, x) of the band reads tap (i, j) at
//   base + (y * stride_height + i * dilation_height) * row_bytes + (x * stride_width + j * dilation_width) * channels.
// A transposed convolution is a plain one over an image with stride - 1 zeros between the pixels.
#ifndef EB_QS8_WINDOW_H
#define EB_QS8_WINDOW_H

#include "qs8-internal.h"

typedef struct {
  uint64_t in_height, in_width, in_channels;
  uint64_t channel_multiplier;  // depthwise: each channel is repeated as often
  uint64_t spacing_height, spacing_width;
  int64_t pad_top, pad_left;
  uint64_t stride_height, stride_width, dilation_height, dilation_width, kernel_height, kernel_width;
  uint64_t out_height, out_width;
  eb_qs8_isa isa;
  bool adds_128;  // to every byte of the copy, for processors that multiply unsigned inputs
  // Derived.
  uint64_t channels;    // in a copied pixel
  uint64_t span_width;  // pixels in a row
  uint64_t row_bytes;
  uint64_t band_rows;       // output rows made from one copy
  uint64_t window_rows;     // rows in a whole copy
  uint64_t scratch_bytes;   // slack included
  uint64_t in_image_bytes;  // elements of one input image
  bool needs_copy;          // false: taps never leave the image, which can be read in place
} eb_qs8_window;

// The window of a plain convolution; the caller sets `isa` and `adds_128`, and what else differs.
eb_qs8_window eb_qs8_window_of(const eb_conv2d_params *params);

// Derives the rest of `window`; at most `band_bytes` a copy, or one output row. False where a size does not fit.
bool eb_qs8_window_plan(eb_qs8_window *window, uint64_t band_bytes);

// Copies the rows that output rows from `first` on read; `rows` of the output, `zero` where there is padding.
void eb_qs8_window_copy(const eb_qs8_window *window, const int8_t *image, uint64_t first, uint64_t rows, int8_t zero,
                        int8_t *copy);

// The same, quantizing on the way: q = clamp(round(x * inverse_scale) + zero_point).
void eb_qd8_window_copy(const eb_qs8_window *window, const float *image, uint64_t first, uint64_t rows,
                        float inverse_scale, int32_t zero_point, int8_t *copy);

// Dense rows: `left` bytes of padding, `middle` from the input, `right` of padding; the rows of the output adjoin.
// May write up to 63 bytes past the last row.
typedef struct {
  const int8_t *in;
  size_t in_stride, rows, left, middle, right;
  int8_t zero;     // as stored
  uint8_t toggle;  // exclusive-or with every input byte: 0x80 adds 128
} eb_qs8_rows;
typedef void eb_qs8_copy_rows_kernel(const eb_qs8_rows *rows, int8_t *out);
eb_qs8_copy_rows_kernel eb_qs8_copy_rows__scalar, eb_qs8_copy_rows__avx512;

#endif
