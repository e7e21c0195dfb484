#include "f32-convolve.h"

// The segments that a run of outputs sums over. Taps of a row that touch (dilation 1, one group) are one
// segment; so are rows that touch.
static eb_f32_taps taps_of(const eb_f32_convolution *convolution, const eb_f32_run *y, const eb_f32_run *x) {
  size_t row = (size_t)convolution->x.input * convolution->pixel_channels;
  eb_f32_taps taps = {
      .outer = (size_t)y->tap_count,
      .inner = (size_t)x->tap_count,
      .length = convolution->channels,
      .a_outer = (ptrdiff_t)((size_t)convolution->y.dilation * row),
      .a_inner = (ptrdiff_t)((size_t)convolution->x.dilation * convolution->pixel_channels),
      .w_outer = (size_t)convolution->x.taps * convolution->channels,
      .w_inner = convolution->channels,
  };
  if (taps.a_inner == (ptrdiff_t)taps.length) {
    taps.length *= taps.inner;
    taps.inner = 1;
    if (taps.a_outer == (ptrdiff_t)taps.length && taps.w_outer == taps.length) {
      taps.length *= taps.outer;
      taps.outer = 1;
    }
  }
  return taps;
}

// The lines of a run of rows from `first` that the share has: its part of the image's rows, so that all runs are cut
// at the same row. An image of fewer rows than shares is cut run by run.
static eb_f32_part part_of_run(const eb_f32_axis *y, int64_t first, int64_t count, eb_f32_share share) {
  if (share.is_by_columns || y->outputs < (int64_t)share.count) return eb_f32_part_of(share);
  eb_span rows = eb_span_of((uint64_t)y->outputs, share.index, share.count);
  int64_t from = (int64_t)rows.first - first, to = (int64_t)rows.end - first;
  from = from < 0 ? 0 : from > count ? count : from;
  to = to < 0 ? 0 : to > count ? count : to;
  return (eb_f32_part){(uint64_t)from, (uint64_t)to, (uint64_t)count, false};
}

void eb_f32_convolve(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_convolution *convolution,
                     eb_f32_share share, const float *in, float *out) {
  size_t pixel = convolution->pixel_channels, row = (size_t)convolution->x.input * pixel;
  eb_f32_run y, x;
  for (int64_t oy = 0; oy < convolution->y.outputs; oy += y.count) {
    y = eb_f32_axis_run(&convolution->y, oy);
    eb_f32_part part = part_of_run(&convolution->y, oy, y.count, share);
    if (part.first == part.end) continue;
    for (int64_t ox = 0; ox < convolution->x.outputs; ox += x.count) {
      x = eb_f32_axis_run(&convolution->x, ox);
      eb_f32_product product = {
          .lines = (size_t)y.count,
          .pixels = (size_t)x.count,
          .a = in + (size_t)y.input * row + (size_t)x.input * pixel,
          .a_line = (ptrdiff_t)((size_t)convolution->y.stride * row),
          .a_pixel = (ptrdiff_t)((size_t)convolution->x.stride * pixel),
          .c = out + (ptrdiff_t)oy * convolution->c_line + (ptrdiff_t)ox * convolution->c_pixel,
          .c_line = convolution->c_line,
          .c_pixel = convolution->c_pixel,
          .taps = taps_of(convolution, &y, &x),
          .packed = convolution->packed,
          .depth = (size_t)(convolution->y.taps * convolution->x.taps) * convolution->channels,
          .columns = convolution->columns,
          .w_first = (size_t)(y.tap_first * convolution->x.taps + x.tap_first) * convolution->channels,
          .half = convolution->half,
          .min = convolution->min,
          .max = convolution->max,
      };
      eb_f32_multiply(kernels, layout, &product, part);
    }
  }
}
