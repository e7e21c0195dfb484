#include "f32-dwconvolve.h"

typedef struct {
  size_t lines, pixels;
  const float *a;
  ptrdiff_t a_line, a_pixel;
  float *c;
  ptrdiff_t c_line, c_pixel;
  eb_f32_taps taps;
  size_t w_first;
} rectangle;

// Lines of a few pixels are better gone over the other way.
static void arrange(rectangle *area) {
  if (area->pixels >= area->lines || area->pixels >= 4) return;
  rectangle turned = *area;
  turned.lines = area->pixels;
  turned.pixels = area->lines;
  turned.a_line = area->a_pixel;
  turned.a_pixel = area->a_line;
  turned.c_line = area->c_pixel;
  turned.c_pixel = area->c_line;
  *area = turned;
}

static size_t block_bytes(const eb_f32_dwconv_kernel *kernel, const eb_f32_convolution *convolution) {
  return kernel->width * eb_f32_column_bytes((uint64_t)(convolution->y.taps * convolution->x.taps), convolution->half);
}

// Two lines from `a` on.
static void convolve_pair(const eb_f32_dwconv_kernel *kernel, eb_f32_dwconv_pair_ukernel run,
                          const eb_f32_convolution *convolution, const rectangle *area, eb_span blocks, const float *a,
                          float *c) {
  const size_t width = kernel->width, channels = convolution->pixel_channels, whole = channels / width;
  const size_t end = blocks.end < whole ? blocks.end : whole, bytes = block_bytes(kernel, convolution);
  const unsigned char *packed = convolution->packed;
  run(area->pixels, end - blocks.first, a + blocks.first * width, area->a_line, area->a_pixel,
      packed + blocks.first * bytes, c + blocks.first * width, area->c_line, area->c_pixel, convolution->min,
      convolution->max);
  if (blocks.end > whole && channels % width != 0) {
    const size_t first = channels - width;
    run(area->pixels, 1, a + first, area->a_line, area->a_pixel, packed + whole * bytes, c + first, area->c_line,
        area->c_pixel, convolution->min, convolution->max);
  }
}

// Line by line, so that the rows a line needs stay in cache for all blocks of channels.
static void convolve_rectangle(const eb_f32_dwconv_kernel *kernel, const eb_f32_dwconv_pair_kernel *pairs,
                               const eb_f32_convolution *convolution, const rectangle *area, eb_span blocks) {
  eb_f32_dwconv_ukernel run = convolution->half ? kernel->f16w : kernel->f32;
  eb_f32_dwconv_pair_ukernel run_pair = convolution->half ? pairs->f16w : pairs->f32;
  size_t width = kernel->width, channels = convolution->pixel_channels, bytes = block_bytes(kernel, convolution);
  size_t weight_bytes = convolution->half ? sizeof(uint16_t) : sizeof(float);
  const bool has_pairs = run_pair != NULL && area->taps.outer == 3 && area->taps.inner == 3 &&
                         area->a_line == area->taps.a_outer && area->a_pixel == area->taps.a_inner;
  for (size_t l = 0; l < area->lines; l++) {
    const float *a = area->a + (ptrdiff_t)l * area->a_line;
    float *c = area->c + (ptrdiff_t)l * area->c_line;
    if (has_pairs && l + 1 < area->lines) {
      convolve_pair(kernel, run_pair, convolution, area, blocks, a, c);
      l++;
      continue;
    }
    const unsigned char *packed = (const unsigned char *)convolution->packed + blocks.first * bytes;
    for (size_t n = blocks.first * width; n < channels && n < blocks.end * width; n += width) {
      size_t first = n + width <= channels ? n : channels - width;
      run(area->pixels, &area->taps, a + first, area->a_pixel, (const float *)packed,
          packed + width * (sizeof(float) + area->w_first * weight_bytes), c + first, area->c_pixel, convolution->min,
          convolution->max);
      packed += bytes;
    }
  }
}

void eb_f32_dwconvolve(const eb_f32_kernels *kernels, const eb_f32_layout *layout,
                       const eb_f32_convolution *convolution, eb_f32_share share, const float *in, float *out) {
  size_t channels = convolution->pixel_channels, row = (size_t)convolution->x.input * channels;
  const size_t index = eb_f32_dwconv_block(layout, channels);
  const eb_f32_dwconv_kernel *kernel = &kernels->dwconv[index];
  eb_f32_run y, x;
  eb_span rows = {0, (uint64_t)convolution->y.outputs}, columns = {0, (uint64_t)convolution->x.outputs};
  // The last block of channels may lie across the one before it, and stays with it.
  eb_span blocks = {0, channels / kernel->width};
  eb_span *shared = share.is_by_columns ? &blocks : rows.end >= columns.end ? &rows : &columns;
  *shared = eb_span_of(shared->end, share.index, share.count);
  if (!share.is_by_columns || share.index + 1 == share.count) blocks.end++;
  for (int64_t oy = (int64_t)rows.first; oy < (int64_t)rows.end; oy += y.count) {
    y = eb_f32_axis_run_until(&convolution->y, oy, (int64_t)rows.end);
    for (int64_t ox = (int64_t)columns.first; ox < (int64_t)columns.end; ox += x.count) {
      x = eb_f32_axis_run_until(&convolution->x, ox, (int64_t)columns.end);
      rectangle area = {
          .lines = (size_t)y.count,
          .pixels = (size_t)x.count,
          .a = in + (size_t)y.input * row + (size_t)x.input * channels,
          .a_line = (ptrdiff_t)((size_t)convolution->y.stride * row),
          .a_pixel = (ptrdiff_t)((size_t)convolution->x.stride * channels),
          .c = out + (ptrdiff_t)oy * convolution->c_line + (ptrdiff_t)ox * convolution->c_pixel,
          .c_line = convolution->c_line,
          .c_pixel = convolution->c_pixel,
          .taps = {.outer = (size_t)y.tap_count,
                   .inner = (size_t)x.tap_count,
                   .length = 1,
                   .a_outer = (ptrdiff_t)((size_t)convolution->y.dilation * row),
                   .a_inner = (ptrdiff_t)((size_t)convolution->x.dilation * channels),
                   .w_outer = (size_t)convolution->x.taps,
                   .w_inner = 1},
          .w_first = (size_t)(y.tap_first * convolution->x.taps + x.tap_first),
      };
      arrange(&area);
      convolve_rectangle(kernel, &kernels->dwconv_pair[index], convolution, &area, blocks);
    }
  }
}
