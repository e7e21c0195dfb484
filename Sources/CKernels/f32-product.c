#include "f32-product.h"

// Input that is gone over once for each panel of weights; a quarter of a small second-level cache.
enum { block_bytes = 128 * 1024 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static size_t ratio_up(size_t a, size_t b) { return (a + b - 1) / b; }
static size_t magnitude(ptrdiff_t stride) { return stride < 0 ? -(size_t)stride : (size_t)stride; }

// Lines that follow each other without a gap are one; else the direction that needs fewer tiles is along. Whether what
// were the lines is now along the pixels.
static bool arrange(eb_f32_product *product, size_t max_rows) {
  size_t lines = product->lines, pixels = product->pixels;
  if (lines == 1) return true;
  if (product->a_line == (ptrdiff_t)pixels * product->a_pixel &&
      product->c_line == (ptrdiff_t)pixels * product->c_pixel) {
    product->lines = 1;
    product->pixels = lines * pixels;
    return true;
  }
  if (pixels * ratio_up(lines, max_rows) < lines * ratio_up(pixels, max_rows)) {
    ptrdiff_t a_line = product->a_line, c_line = product->c_line;
    product->lines = pixels;
    product->pixels = lines;
    product->a_line = product->a_pixel;
    product->a_pixel = a_line;
    product->c_line = product->c_pixel;
    product->c_pixel = c_line;
    return true;
  }
  return false;
}

// Of `count` things, those that the part has: all parts together have each of them once.
static eb_span span_of(uint64_t count, eb_f32_part part) {
  return (eb_span){count * part.first / part.of, count * part.end / part.of};
}

// The part's tiles of one line, of as equal heights as can be.
static void multiply_line(const eb_f32_gemm_kernel *kernel, const eb_f32_product *product, eb_f32_part part,
                          size_t columns, const float *bias, const void *w, const float *a, float *c, size_t pixels) {
  eb_f32_gemm_ukernel run = product->half ? kernel->f16w : kernel->f32;
  size_t tiles = ratio_up(pixels, kernel->max_rows);
  eb_span mine = span_of(tiles, part);
  for (size_t tile = 0; tile < mine.end; tile++) {
    size_t rows = ratio_up(pixels, tiles - tile);
    if (tile >= mine.first) {
      run(rows, columns, &product->taps, a, product->a_pixel, bias, w, c, product->c_pixel, product->min, product->max);
    }
    a += (ptrdiff_t)rows * product->a_pixel;
    c += (ptrdiff_t)rows * product->c_pixel;
    pixels -= rows;
  }
}

// Panels `panels` for the part's tiles of `lines` x `pixels` of the product.
static void multiply_block(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_product *product,
                           eb_span panels, eb_f32_part part, const float *a, float *c, size_t lines, size_t pixels) {
  const unsigned char *packed = product->packed;
  size_t weight_bytes = product->half ? sizeof(uint16_t) : sizeof(float);
  for (size_t n = 0, panel = 0; panel < panels.end; panel++) {
    size_t left = product->columns - n;
    const eb_f32_gemm_kernel *kernel = &kernels->gemm[eb_f32_next_panel(layout, left)];
    size_t columns = least(left, kernel->width);
    const float *bias = (const float *)packed;
    const void *w = packed + kernel->width * (sizeof(float) + product->w_first * weight_bytes);
    for (size_t l = 0; panel >= panels.first && l < lines; l++) {
      multiply_line(kernel, product, part, columns, bias, w, a + (ptrdiff_t)l * product->a_line,
                    c + (ptrdiff_t)l * product->c_line + n, pixels);
    }
    packed += kernel->width * eb_f32_column_bytes(product->depth, product->half);
    n += columns;
  }
}

static size_t panel_count(const eb_f32_layout *layout, size_t columns) {
  size_t panels = 0;
  for (size_t n = 0; n < columns; panels++) n += layout->gemm[eb_f32_next_panel(layout, columns - n)];
  return panels;
}

// Whether a product of `pixels` x `columns` x `depth` is cut by columns, where each thread reads its part of the
// weights, all inputs, and writes a part of each pixel. By pixels, each reads all weights but, operator by operator,
// the pixels that it wrote itself. That is worth reading the weights of a 1x1 convolution twice even at 7 x 7 pixels:
// MobileNet v2's depthwise convolutions at 14 x 14 took 17 us on one thread and 50 to 100 us on two whose neighbours
// were cut otherwise.
static bool shares_by_columns(uint64_t pixels, uint64_t depth, uint64_t columns) {
  return depth * columns / 4 > pixels * (depth + columns);
}

eb_f32_share eb_f32_share_out(const eb_context *context, const eb_f32_layout *layout, uint64_t pixels, uint64_t depth,
                              uint64_t columns) {
  eb_f32_share share = {.is_by_columns = shares_by_columns(pixels, depth, columns)};
  uint64_t units = share.is_by_columns ? panel_count(layout, columns) : pixels;
  share.count = eb_shares(context, units, pixels * depth / EB_F32_MACS_PER_STEP * columns);
  return share;
}

// The pixels [mine.first, mine.end) of the line as a part of its block of `count` that begins at `first`.
static eb_f32_part part_of_block(eb_span mine, size_t first, size_t count) {
  eb_f32_part part = {.of = count};
  part.first = mine.first <= first ? 0 : least(mine.first - first, count);
  part.end = mine.end <= first ? 0 : least(mine.end - first, count);
  return part;
}

void eb_f32_multiply(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_product *unarranged,
                     eb_f32_part part) {
  eb_f32_product product = *unarranged;
  size_t max_rows = kernels->gemm[0].max_rows;
  bool is_along = arrange(&product, max_rows);

  size_t line_step = product.lines, pixel_step = product.pixels;
  if (product.lines > 1) {
    line_step = 1 + block_bytes / (magnitude(product.a_line) * sizeof(float) + 1);
  } else {
    pixel_step = (1 + block_bytes / (magnitude(product.a_pixel) * max_rows * sizeof(float) + 1)) * max_rows;
  }
  eb_span panels = {0, panel_count(layout, product.columns)}, lines = {0, product.lines}, pixels = {0, product.pixels};
  *(part.is_by_columns ? &panels
    : is_along         ? &pixels
                       : &lines) = span_of(part.is_by_columns ? panels.end
                                   : is_along         ? pixels.end
                                                      : lines.end,
                                   part);
  for (size_t l = lines.first; l < lines.end; l += line_step) {
    const float *a = product.a + (ptrdiff_t)l * product.a_line;
    float *c = product.c + (ptrdiff_t)l * product.c_line;
    for (size_t p = 0; p < pixels.end; p += pixel_step) {
      size_t count = least(pixel_step, product.pixels - p);
      eb_f32_part block = part_of_block(pixels, p, count);
      if (block.first == block.end) continue;
      multiply_block(kernels, layout, &product, panels, block, a + (ptrdiff_t)p * product.a_pixel,
                     c + (ptrdiff_t)p * product.c_pixel, least(line_step, lines.end - l), count);
    }
  }
}

typedef struct {
  const eb_f32_kernels *kernels;
  const eb_f32_layout *layout;
  const eb_f32_product *product;
  eb_f32_share share;
} work;

static void multiply_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  eb_f32_share share = work->share;
  share.index = index;
  eb_f32_multiply(work->kernels, work->layout, work->product, eb_f32_part_of(share));
}

void eb_f32_multiply_shared(const eb_context *context, const eb_f32_kernels *kernels, const eb_f32_layout *layout,
                            const eb_f32_product *product) {
  size_t pixels = product->lines * product->pixels;
  const work work = {kernels, layout, product,
                     eb_f32_share_out(context, layout, pixels, product->depth, product->columns)};
  eb_parallel(context, work.share.count, multiply_share, &work);
}
