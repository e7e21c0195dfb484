#include "qs8-window.h"

#include "qd8-quantize.h"

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

void eb_qs8_window_copy(const eb_qs8_window *w, const int8_t *image, uint64_t first, uint64_t rows, int8_t zero,
                        int8_t *copy) {
  int64_t begin, end;
  covered_columns(w, &begin, &end);
  const bool is_dense = w->spacing_width == 1 && w->channel_multiplier == 1;
  const size_t left = (size_t)begin * w->channels, middle = (size_t)(end - begin) * w->channels;
  const uint64_t count = (rows - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1;
  for (uint64_t i = 0; i < count; i++, copy += w->row_bytes) {
    int64_t row = source_row(w, (int64_t)(first * w->stride_height + i));
    if (row < 0) {
      memset(copy, zero, w->row_bytes);
      continue;
    }
    const int8_t *source = image + (uint64_t)row * w->in_width * w->in_channels;
    memset(copy, zero, left);
    if (middle == 0) {
      // Padding only.
    } else if (is_dense) {
      memcpy(copy + left, source + (uint64_t)(begin - w->pad_left) * w->channels, middle);
    } else {
      spread_pixels(w, source, begin, end, zero, copy + left);
    }
    memset(copy + left + middle, zero, w->row_bytes - left - middle);
  }
}

void eb_qd8_window_copy(const eb_qs8_window *w, const float *image, uint64_t first, uint64_t rows, float inverse_scale,
                        int32_t zero_point, eb_qs8_isa isa, int8_t *copy) {
  int64_t begin, end;
  covered_columns(w, &begin, &end);
  const size_t left = (size_t)begin * w->channels, middle = (size_t)(end - begin) * w->channels;
  const uint64_t count = (rows - 1) * w->stride_height + (w->kernel_height - 1) * w->dilation_height + 1;
  for (uint64_t i = 0; i < count; i++, copy += w->row_bytes) {
    int64_t row = source_row(w, (int64_t)(first * w->stride_height + i));
    if (row < 0) {
      memset(copy, zero_point, w->row_bytes);
      continue;
    }
    memset(copy, zero_point, left);
    const float *source = image + (uint64_t)row * w->in_width * w->in_channels;
    if (middle != 0) source += (uint64_t)(begin - w->pad_left) * w->in_channels;
    if (w->channel_multiplier == 1) {
      eb_qd8_quantize(source, middle, inverse_scale, zero_point, isa, copy + left);
    } else {
      int8_t *out = copy + left;
      for (size_t c = 0; c < middle / w->channel_multiplier; c++) {
        int8_t step;
        eb_qd8_quantize(source + c, 1, inverse_scale, zero_point, EB_QS8_SCALAR, &step);
        memset(out, step, w->channel_multiplier);
        out += w->channel_multiplier;
      }
    }
    memset(copy + left + middle, zero_point, w->row_bytes - left - middle);
  }
}
