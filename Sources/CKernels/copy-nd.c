// A strided copy: concatenation, slice, transposition, broadcast and tiling are one each.
#include <string.h>

#include "eb_operators.h"
#include "f32-vector.h"
#include "sizes.h"

// Whether [offset, offset + extent of the walk) stays within `count` elements.
static bool stays_within(uint64_t count, uint32_t rank, const uint64_t *shape, const int64_t *strides,
                         uint64_t offset) {
  if (offset >= count) return false;
  uint64_t below = 0, above = 0;
  for (uint32_t i = 0; i < rank; i++) {
    const bool is_negative = strides[i] < 0;
    const uint64_t magnitude = is_negative ? 0 - (uint64_t)strides[i] : (uint64_t)strides[i];
    uint64_t extent, *side = is_negative ? &below : &above;
    if (__builtin_mul_overflow(shape[i] - 1, magnitude, &extent)) return false;
    if (__builtin_add_overflow(*side, extent, side)) return false;
  }
  return below <= offset && above < count - offset;
}

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_copy_nd_params *p = params;
  const uint32_t bytes = p->element_bytes;
  uint64_t count;
  if (operand_count != 2 || p->rank > EB_MAX_RANK || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
    return false;
  if (!eb_element_count(p->rank, p->shape, &count)) return false;
  // Every element has its own place in the output: the copy takes no longer than the output is large.
  return count == 0 || (count <= operand_bytes[1] / bytes &&
                        stays_within(operand_bytes[0] / bytes, p->rank, p->shape, p->in_strides, p->in_offset) &&
                        stays_within(operand_bytes[1] / bytes, p->rank, p->shape, p->out_strides, p->out_offset));
}

// Axes of 1 left out, neighbours that both sides step through as one merged; always at least one axis.
typedef struct {
  uint32_t rank;
  size_t shape[EB_MAX_RANK];
  ptrdiff_t in[EB_MAX_RANK], out[EB_MAX_RANK];
} copy_loops;

static copy_loops merged(const eb_copy_nd_params *p) {
  copy_loops loops = {0};
  for (uint32_t i = 0; i < p->rank; i++) {
    if (p->shape[i] == 1) continue;
    const ptrdiff_t length = (ptrdiff_t)p->shape[i];
    const ptrdiff_t in = (ptrdiff_t)p->in_strides[i], out = (ptrdiff_t)p->out_strides[i];
    const uint32_t last = loops.rank - 1;
    if (loops.rank > 0 && loops.in[last] == in * length && loops.out[last] == out * length) {
      loops.shape[last] *= (size_t)length;
      loops.in[last] = in;
      loops.out[last] = out;
    } else {
      loops.shape[loops.rank] = (size_t)length;
      loops.in[loops.rank] = in;
      loops.out[loops.rank++] = out;
    }
  }
  if (loops.rank == 0) {
    loops.rank = 1;
    loops.shape[0] = 1;
    loops.in[0] = loops.out[0] = 1;
  }
  return loops;
}

// The two innermost loops, as tiles that keep both sides' lines in the cache.
#define EB_COPY_2D(name, type)                                                                                    \
  static void name(size_t rows, size_t columns, const type *in, ptrdiff_t in_row, ptrdiff_t in_column, type *out, \
                   ptrdiff_t out_row, ptrdiff_t out_column) {                                                     \
    enum { tile = 16 };                                                                                           \
    for (size_t r0 = 0; r0 < rows; r0 += tile) {                                                                  \
      const size_t r1 = rows - r0 < tile ? rows : r0 + tile;                                                      \
      for (size_t c0 = 0; c0 < columns; c0 += tile) {                                                             \
        const size_t c1 = columns - c0 < tile ? columns : c0 + tile;                                              \
        for (size_t r = r0; r < r1; r++) {                                                                        \
          const type *from = in + (ptrdiff_t)r * in_row;                                                          \
          type *to = out + (ptrdiff_t)r * out_row;                                                                \
          for (size_t c = c0; c < c1; c++) to[(ptrdiff_t)c * out_column] = from[(ptrdiff_t)c * in_column];        \
        }                                                                                                         \
      }                                                                                                           \
    }                                                                                                             \
  }

EB_COPY_2D(copy_2d_x8, uint8_t)
EB_COPY_2D(copy_2d_x16, uint16_t)
EB_COPY_2D(copy_2d_x32, uint32_t)
EB_COPY_2D(copy_2d_x64, uint64_t)

// Rows of the input to columns of the output, four by four, in strips of rows whose lines stay in the cache.
static void transpose_x32(size_t rows, size_t columns, const float *in, ptrdiff_t in_row, float *out,
                          ptrdiff_t out_column) {
  enum { strip = 64 };
  const size_t whole_columns = columns / 4 * 4;
  for (size_t r0 = 0; r0 < rows; r0 += strip) {
    const size_t r1 = rows - r0 < strip ? rows : r0 + strip;
    for (size_t c = 0; c < whole_columns; c += 4) {
      const float *from = in + c;
      float *to = out + (ptrdiff_t)c * out_column;
      size_t r = r0;
      for (; r + 4 <= r1; r += 4) EB_TRANSPOSE_4X4(from + (ptrdiff_t)r * in_row, in_row, to + r, out_column, );
      copy_2d_x32(r1 - r, 4, (const uint32_t *)from + (ptrdiff_t)r * in_row, in_row, 1, (uint32_t *)to + r, 1,
                  out_column);
    }
  }
  copy_2d_x32(rows, columns - whole_columns, (const uint32_t *)in + whole_columns, in_row, 1,
              (uint32_t *)out + (ptrdiff_t)whole_columns * out_column, 1, out_column);
}

static void copy_2d(uint32_t bytes, size_t rows, size_t columns, const uint8_t *in, ptrdiff_t in_row,
                    ptrdiff_t in_column, uint8_t *out, ptrdiff_t out_row, ptrdiff_t out_column) {
  if (in_column == 1 && out_column == 1) {
    for (size_t r = 0; r < rows; r++) {
      memmove(out + (ptrdiff_t)r * out_row * bytes, in + (ptrdiff_t)r * in_row * bytes, columns * bytes);
    }
    return;
  }
  if (bytes == 4 && in_column == 1 && out_row == 1) {
    transpose_x32(rows, columns, (const float *)in, in_row, (float *)out, out_column);
    return;
  }
  if (bytes == 4 && in_row == 1 && out_column == 1) {
    transpose_x32(columns, rows, (const float *)in, in_column, (float *)out, out_row);
    return;
  }
  switch (bytes) {
    case 1:
      copy_2d_x8(rows, columns, in, in_row, in_column, out, out_row, out_column);
      break;
    case 2:
      copy_2d_x16(rows, columns, (const uint16_t *)in, in_row, in_column, (uint16_t *)out, out_row, out_column);
      break;
    case 4:
      copy_2d_x32(rows, columns, (const uint32_t *)in, in_row, in_column, (uint32_t *)out, out_row, out_column);
      break;
    case 8:
      copy_2d_x64(rows, columns, (const uint64_t *)in, in_row, in_column, (uint64_t *)out, out_row, out_column);
      break;
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_copy_nd_params *p = params;
  uint64_t count;
  if (!eb_element_count(p->rank, p->shape, &count) || count == 0) return;
  const copy_loops loops = merged(p);
  const ptrdiff_t bytes = (ptrdiff_t)p->element_bytes;
  const uint8_t *in = (const uint8_t *)operands[0] + p->in_offset * p->element_bytes;
  uint8_t *out = (uint8_t *)operands[1] + p->out_offset * p->element_bytes;
  const uint32_t column = loops.rank - 1;
  const uint32_t outer_rank = loops.rank < 2 ? 0 : loops.rank - 2;
  const size_t rows = loops.rank < 2 ? 1 : loops.shape[outer_rank];
  const ptrdiff_t in_row = loops.rank < 2 ? 0 : loops.in[outer_rank];
  const ptrdiff_t out_row = loops.rank < 2 ? 0 : loops.out[outer_rank];
  size_t index[EB_MAX_RANK] = {0};
  for (bool more = true; more;) {
    copy_2d(p->element_bytes, rows, loops.shape[column], in, in_row, loops.in[column], out, out_row, loops.out[column]);
    more = false;
    for (uint32_t i = outer_rank; i-- > 0;) {
      if (++index[i] < loops.shape[i]) {
        in += loops.in[i] * bytes;
        out += loops.out[i] * bytes;
        more = true;
        break;
      }
      in -= loops.in[i] * (ptrdiff_t)(loops.shape[i] - 1) * bytes;
      out -= loops.out[i] * (ptrdiff_t)(loops.shape[i] - 1) * bytes;
      index[i] = 0;
    }
  }
}

const eb_operator eb_copy_nd = {
    .name = "copy_nd", .params_bytes = sizeof(eb_copy_nd_params), .accepts = accepts, .run = run};
