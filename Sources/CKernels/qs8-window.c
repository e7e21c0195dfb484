#include "qs8-window.h"

#include "qd8-quantize.h"

eb_qs8_window eb_qs8_window_of(const eb_conv2d_params *p) {
  return (eb_qs8_window){
      .in_height = p->in_height,
      .in_width = p->in_width,
      .in_channels = p->in_channels,
      .channel_multiplier = 1,
      .spacing_height = 1,
      .spacing_width = 1,
      .pad_top = p->pad_top,
      .pad_left = p->pad_left,
      .stride_height = p->stride_height,
      .stride_width = p->stride_width,
      .dilation_height = p->dilation_height,
      .dilation_width = p->dilation_width,
      .kernel_height = p->kernel_height,
      .kernel_width = p->kernel_width,
      .out_height = p->out_height,
      .out_width = p->out_width,
  };
}

bool eb_qs8_window_plan(eb_qs8_window *w, uint64_t band_bytes) {
  uint64_t extent_height, extent_width, span, steps, row, image;
  if (!eb_checked_mul(w->kernel_height - 1, w->dilation_height, &extent_height)) return false;
  if (!eb_checked_mul(w->kernel_width - 1, w->dilation_width, &extent_width)) return false;
  extent_height++;
  extent_width++;
  if (!eb_checked_mul(w->out_width - 1, w->stride_width, &steps)) return false;
  if (!eb_checked_add(steps, extent_width, &span)) return false;
  if (!eb_checked_mul(w->in_channels, w->channel_multiplier, &w->channels)) return false;
  if (!eb_checked_mul(span, w->channels, &row)) return false;
  if (!eb_checked_mul(w->in_height * w->in_width, w->in_channels, &image)) return false;
  w->span_width = span;
  w->row_bytes = row;
  w->in_image_bytes = image;

  uint64_t all_rows;
  if (!eb_checked_mul(w->out_height - 1, w->stride_height, &all_rows)) return false;
  if (!eb_checked_add(all_rows, extent_height, &all_rows)) return false;
  // Signed arithmetic on coordinates must not overflow either.
  if (all_rows > INT32_MAX || span > INT32_MAX) return false;

  uint64_t fitting = row == 0 ? 0 : band_bytes / row;
  uint64_t extra = fitting > extent_height ? (fitting - extent_height) / w->stride_height : 0;
  w->band_rows = eb_min_u64(1 + extra, w->out_height);
  w->window_rows = (w->band_rows - 1) * w->stride_height + extent_height;
  uint64_t bytes;
  if (!eb_checked_mul(w->window_rows, row, &bytes)) return false;
  if (!eb_checked_add(bytes, EB_QS8_SLACK, &w->scratch_bytes)) return false;
  if (w->scratch_bytes > SIZE_MAX / 2) return false;

  w->needs_copy = w->pad_top != 0 || w->pad_left != 0 || all_rows > w->in_height || span > w->in_width ||
                  w->spacing_height != 1 || w->spacing_width != 1 || w->channel_multiplier != 1;
  return true;
}

// Row of the input under row `row` of the copy, or -1 for padding.
static int64_t source_row(const eb_qs8_window *w, int64_t row) {
  row -= w->pad_top;
  if (row < 0 || row % (int64_t)w->spacing_height != 0) return -1;
  row /= (int64_t)w->spacing_height;
  return row < (int64_t)w->in_height ? row : -1;
}

// Columns [*begin, *end) of the copy lie on the image, at every spacing_width-th of which is a pixel.
static void covered_columns(const eb_qs8_window *w, int64_t *begin, int64_t *end) {
  int64_t span = (int64_t)w->span_width;
  int64_t last = ((int64_t)w->in_width - 1) * (int64_t)w->spacing_width + 1;
  *begin = w->pad_left < 0 ? 0 : w->pad_left < span ? w->pad_left : span;
  *end = w->pad_left + last;
  *end = *end < *begin ? *begin : *end < span ? *end : span;
}

void eb_qs8_copy_rows__scalar(const eb_qs8_rows *r, int8_t *out) {
  const int8_t *in = r->in;
  for (size_t row = 0; row < r->rows; row++, in += r->in_stride) {
    memset(out, r->zero, r->left);
    out += r->left;
    for (size_t i = 0; i < r->middle; i++) out[i] = (int8_t)((uint8_t)in[i] ^ r->toggle);
    out += r->middle;
    memset(out, r->zero, r->right);
    out += r->right;
  }
}

static eb_qs8_copy_rows_kernel *copy_rows_kernel_for(eb_qs8_isa isa) {
#if defined(__x86_64__)
  if (isa == EB_QS8_AVX512 || isa == EB_QS8_AVX512VNNI) return eb_qs8_copy_rows__avx512;
#endif
  (void)isa;
  return eb_qs8_copy_rows__scalar;
}

static void add_128(int8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) bytes[i] = (int8_t)((uint8_t)bytes[i] ^ 0x80);
}

// Spreads a row of dense pixels out: channels repeated, zeros between.
static void spread_pixels(const eb_qs8_window *w, const int8_t *row, int64_t begin, int64_t end, int8_t zero,
                          int8_t *out) {
  for (int64_t x = begin; x < end; x++, out += w->channels) {
    int64_t column = x - w->pad_left;
    if (column % (int64_t)w->spacing_width != 0) {
      memset(out, zero, w->channels);
      continue;
    }
    const int8_t *pixel = row + (uint64_t)(column / (int64_t)w->spacing_width) * w->in_channels;
    for (uint64_t c = 0, o = 0; c < w->in_channels; c++) {
      for (uint64_t i = 0; i < w->channel_multiplier; i++) out[o++] = pixel[c];
    }
  }
}

// Rows of the copy that serve `rows` rows of the output.
static uint64_t copied_rows(const eb_qs8_window *w, uint64_t rows) {
  return (rows - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1;
}

static void copy_dense(const eb_qs8_window *w, const int8_t *image, uint64_t first, uint64_t rows, int8_t zero,
                       int8_t *copy) {
  int64_t begin, end;
  covered_columns(w, &begin, &end);
  const int64_t count = (int64_t)copied_rows(w, rows), height = (int64_t)w->in_height;
  const int64_t top = (int64_t)(first * w->stride_height) - w->pad_top;  // input row under the copy's first
  int64_t above = top < 0 ? -top : 0;
  above = above < count ? above : count;
  int64_t inside = height - (top + above);
  inside = inside < 0 || begin == end ? 0 : inside;
  inside = inside < count - above ? inside : count - above;
  const uint8_t toggle = w->adds_128 ? 0x80 : 0;
  const int8_t stored_zero = (int8_t)((uint8_t)zero ^ toggle);
  memset(copy, stored_zero, (uint64_t)above * w->row_bytes);
  copy += (uint64_t)above * w->row_bytes;
  if (inside > 0) {
    const uint64_t in_stride = w->in_width * w->in_channels;
    eb_qs8_rows job = {.in_stride = in_stride, .rows = (size_t)inside, .zero = stored_zero, .toggle = toggle};
    job.in = image + (uint64_t)(top + above) * in_stride + (uint64_t)(begin - w->pad_left) * w->channels;
    job.left = (size_t)begin * w->channels;
    job.middle = (size_t)(end - begin) * w->channels;
    job.right = w->row_bytes - job.left - job.middle;
    // Rows without padding on either side are one long row.
    if (job.middle == in_stride && w->row_bytes == in_stride) {
      job.middle *= job.rows;
      job.rows = 1;
    }
    copy_rows_kernel_for(w->isa)(&job, copy);
    copy += (uint64_t)inside * w->row_bytes;
  }
  memset(copy, stored_zero, (uint64_t)(count - above - inside) * w->row_bytes);
}

void eb_qs8_window_copy(const eb_qs8_window *w, const int8_t *image, uint64_t first, uint64_t rows, int8_t zero,
                        int8_t *copy) {
  if (w->spacing_height == 1 && w->spacing_width == 1 && w->channel_multiplier == 1) {
    copy_dense(w, image, first, rows, zero, copy);
    return;
  }
  int64_t begin, end;
  covered_columns(w, &begin, &end);
  const size_t left = (size_t)begin * w->channels, middle = (size_t)(end - begin) * w->channels;
  const uint64_t count = copied_rows(w, rows);
  for (uint64_t i = 0; i < count; i++) {
    int8_t *out = copy + i * w->row_bytes;
    const int64_t row = source_row(w, (int64_t)(first * w->stride_height + i));
    if (row < 0) {
      memset(out, zero, w->row_bytes);
      continue;
    }
    memset(out, zero, left);
    spread_pixels(w, image + (uint64_t)row * w->in_width * w->in_channels, begin, end, zero, out + left);
    memset(out + left + middle, zero, w->row_bytes - left - middle);
  }
  if (w->adds_128) add_128(copy, count * w->row_bytes);
}

void eb_qd8_window_copy(const eb_qs8_window *w, const float *image, uint64_t first, uint64_t rows, float inverse_scale,
                        int32_t zero_point, int8_t *copy) {
  int64_t begin, end;
  covered_columns(w, &begin, &end);
  const size_t left = (size_t)begin * w->channels, middle = (size_t)(end - begin) * w->channels;
  const uint64_t count = copied_rows(w, rows);
  for (uint64_t i = 0; i < count; i++) {
    int8_t *out = copy + i * w->row_bytes;
    const int64_t row = source_row(w, (int64_t)(first * w->stride_height + i));
    if (row < 0 || middle == 0) {
      memset(out, zero_point, w->row_bytes);
      continue;
    }
    memset(out, zero_point, left);
    const float *source = image + (uint64_t)row * w->in_width * w->in_channels;
    source += (uint64_t)(begin - w->pad_left) * w->in_channels;
    out += left;
    if (w->channel_multiplier == 1) {
      eb_qd8_quantize(source, middle, inverse_scale, zero_point, w->isa, out);
    } else {
      for (size_t c = 0; c < middle / w->channel_multiplier; c++) {
        int8_t step;
        eb_qd8_quantize(source + c, 1, inverse_scale, zero_point, w->isa, &step);
        memset(out + c * w->channel_multiplier, step, w->channel_multiplier);
      }
    }
    memset(out + middle, zero_point, w->row_bytes - left - middle);
  }
  if (w->adds_128) add_128(copy, count * w->row_bytes);
}
