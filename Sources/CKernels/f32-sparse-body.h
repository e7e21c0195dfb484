// The bodies of the sparse microkernels for instruction sets with vectors, written once with clang's vector types.
#ifndef EB_F32_SPARSE_BODY_H
#define EB_F32_SPARSE_BODY_H

#include <string.h>

#include "f32-sparse.h"
#include "f32-vector.h"

// Tiles of lanes * vectors pixels; one output channel. `sets` entries are summed side by side, so that enough additions
// are in flight to hide their latency.
#define EB_SPMM_1_UKERNEL(name, lanes, vectors, sets)                                                       \
  static void name(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,      \
                   const float *bias, const float *a, float *c, float min, float max) {                     \
    _Pragma("clang fp contract(fast)") enum { pixels = lanes * vectors };                                   \
    for (size_t b = 0; b < blocks; b++) {                                                                   \
      eb_f32x##lanes sums[sets][vectors];                                                                   \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                      \
        sums[0][v] = EB_SPLAT(lanes, bias[b]);                                                              \
        EB_UNROLL for (size_t s = 1; s < sets; s++) sums[s][v] = (eb_f32x##lanes){0};                       \
      }                                                                                                     \
      size_t left = counts[b];                                                                              \
      for (; left >= sets; left -= sets) {                                                                  \
        EB_UNROLL for (size_t s = 0; s < sets; s++) {                                                       \
          const float *row = a + (size_t)places[s] * pixels;                                                \
          eb_f32x##lanes w = EB_SPLAT(lanes, values[s]);                                                    \
          EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[s][v] += w * EB_LOAD(lanes, row + v * lanes); \
        }                                                                                                   \
        places += sets;                                                                                     \
        values += sets;                                                                                     \
      }                                                                                                     \
      for (; left > 0; left--) {                                                                            \
        const float *row = a + (size_t)*places++ * pixels;                                                  \
        eb_f32x##lanes w = EB_SPLAT(lanes, *values++);                                                      \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[0][v] += w * EB_LOAD(lanes, row + v * lanes);   \
      }                                                                                                     \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                      \
        EB_UNROLL for (size_t s = 1; s < sets; s++) sums[0][v] += sums[s][v];                               \
        EB_STORE(lanes, c + v * lanes, EB_CLAMP(lanes, sums[0][v], min, max));                              \
      }                                                                                                     \
      c += pixels;                                                                                          \
    }                                                                                                       \
  }

// Four output channels at once: each vector of inputs serves four sums. The tile's pixels are gone over in `passes` of
// lanes * vectors.
#define EB_SPMM_4_UKERNEL(name, lanes, vectors, passes)                                                              \
  static void name(size_t blocks, const uint32_t *counts, const uint16_t *all_places, const float *all_values,       \
                   const float *bias, const float *a, float *c, float min, float max) {                              \
    _Pragma("clang fp contract(fast)") enum { pass_pixels = lanes * vectors, pixels = pass_pixels * passes };        \
    for (size_t b = 0; b < blocks; b++) {                                                                            \
      for (size_t pass = 0; pass < passes; pass++) {                                                                 \
        const uint16_t *places = all_places;                                                                         \
        const float *values = all_values, *from = a + pass * pass_pixels;                                            \
        eb_f32x##lanes sums[4][vectors];                                                                             \
        EB_UNROLL for (size_t n = 0; n < 4; n++) {                                                                   \
          EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[n][v] = EB_SPLAT(lanes, bias[4 * b + n]);              \
        }                                                                                                            \
        for (size_t left = counts[b]; left > 0; left--) {                                                            \
          const float *row = from + (size_t)*places++ * pixels;                                                      \
          eb_f32x##lanes x[vectors];                                                                                 \
          EB_UNROLL for (size_t v = 0; v < vectors; v++) x[v] = EB_LOAD(lanes, row + v * lanes);                     \
          EB_UNROLL for (size_t n = 0; n < 4; n++) {                                                                 \
            eb_f32x##lanes w = EB_SPLAT(lanes, values[n]);                                                           \
            EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[n][v] += w * x[v];                                   \
          }                                                                                                          \
          values += 4;                                                                                               \
        }                                                                                                            \
        EB_UNROLL for (size_t n = 0; n < 4; n++) {                                                                   \
          EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                           \
            EB_STORE(lanes, c + n * pixels + pass * pass_pixels + v * lanes, EB_CLAMP(lanes, sums[n][v], min, max)); \
          }                                                                                                          \
        }                                                                                                            \
      }                                                                                                              \
      all_places += counts[b];                                                                                       \
      all_values += 4 * (size_t)counts[b];                                                                           \
      c += 4 * pixels;                                                                                               \
    }                                                                                                                \
  }

// One pixel: `sets` entries side by side, of one channel, and of four in one vector.
#define EB_SPMV_1_UKERNEL(name, sets)                                                                              \
  void name(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values, const float *bias, \
            const float *a, float *c, float min, float max) {                                                      \
    _Pragma("clang fp contract(fast)") for (size_t b = 0; b < blocks; b++) {                                       \
      float sums[sets] = {bias[b]};                                                                                \
      size_t left = counts[b];                                                                                     \
      for (; left >= sets; left -= sets) {                                                                         \
        EB_UNROLL for (size_t s = 0; s < sets; s++) sums[s] += values[s] * a[places[s]];                           \
        places += sets;                                                                                            \
        values += sets;                                                                                            \
      }                                                                                                            \
      for (; left > 0; left--) sums[0] += *values++ * a[*places++];                                                \
      EB_UNROLL for (size_t s = 1; s < sets; s++) sums[0] += sums[s];                                              \
      const float low = sums[0] < min ? min : sums[0];                                                             \
      *c++ = low > max ? max : low;                                                                                \
    }                                                                                                              \
  }
#define EB_SPMV_4_UKERNEL(name, sets)                                                                              \
  void name(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values, const float *bias, \
            const float *a, float *c, float min, float max) {                                                      \
    _Pragma("clang fp contract(fast)") for (size_t b = 0; b < blocks; b++) {                                       \
      eb_f32x4 sums[sets] = {EB_LOAD(4, bias + 4 * b)};                                                            \
      size_t left = counts[b];                                                                                     \
      for (; left >= sets; left -= sets) {                                                                         \
        EB_UNROLL for (size_t s = 0; s < sets; s++) {                                                              \
          sums[s] += EB_SPLAT(4, a[places[s]]) * EB_LOAD(4, values + 4 * s);                                       \
        }                                                                                                          \
        places += sets;                                                                                            \
        values += 4 * sets;                                                                                        \
      }                                                                                                            \
      for (; left > 0; left--) {                                                                                   \
        sums[0] += EB_SPLAT(4, a[*places++]) * EB_LOAD(4, values);                                                 \
        values += 4;                                                                                               \
      }                                                                                                            \
      EB_UNROLL for (size_t s = 1; s < sets; s++) sums[0] += sums[s];                                              \
      EB_STORE(4, c, EB_CLAMP(4, sums[0], min, max));                                                              \
      c += 4;                                                                                                      \
    }                                                                                                              \
  }

// One height of a masked product: `rows` x 16 channels, `sets` steps of k side by side. The including file defines
// EB_EXPAND_<lanes>(values, bits): the next values in the lanes whose bits are set, zero in the others.
#define EB_MASKED_STEP(rows, lanes, vectors, sums, at)                       \
  {                                                                          \
    unsigned mask = masks[at];                                               \
    eb_f32x##lanes w[vectors];                                               \
    EB_UNROLL for (size_t v = 0; v < vectors; v++) {                         \
      const unsigned bits = (mask >> (v * lanes)) & ((1u << lanes) - 1);     \
      w[v] = EB_EXPAND_##lanes(values, bits);                                \
      values += __builtin_popcount(bits);                                    \
    }                                                                        \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                            \
      eb_f32x##lanes x = EB_SPLAT(lanes, a[m * a_stride + (at)]);            \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[m][v] += x * w[v]; \
    }                                                                        \
  }

#define EB_MASKED_PARAMETERS                                                                                   \
  size_t columns, size_t depth, const uint16_t *masks, const float *values, const float *bias, const float *a, \
      size_t a_stride, float *c, size_t c_stride, float min, float max
typedef void (*eb_f32_masked_tile)(EB_MASKED_PARAMETERS);

#define EB_MASKED_TILE(name, rows, lanes, vectors, sets)                                                          \
  static void name(EB_MASKED_PARAMETERS) {                                                                        \
    _Pragma("clang fp contract(fast)") eb_f32x##lanes sums[sets][rows][vectors];                                  \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                 \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                            \
        sums[0][m][v] = EB_LOAD(lanes, bias + v * lanes);                                                         \
        EB_UNROLL for (size_t s = 1; s < sets; s++) sums[s][m][v] = (eb_f32x##lanes){0};                          \
      }                                                                                                           \
    }                                                                                                             \
    for (; depth >= sets; depth -= sets) {                                                                        \
      EB_UNROLL for (size_t s = 0; s < sets; s++) EB_MASKED_STEP(rows, lanes, vectors, sums[s], s) masks += sets; \
      a += sets;                                                                                                  \
    }                                                                                                             \
    for (; sets > 1 && depth > 0; depth--) {                                                                      \
      EB_MASKED_STEP(rows, lanes, vectors, sums[0], 0)                                                            \
      masks += 1;                                                                                                 \
      a += 1;                                                                                                     \
    }                                                                                                             \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                 \
      eb_f32x##lanes result[vectors];                                                                             \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                            \
        EB_UNROLL for (size_t s = 1; s < sets; s++) sums[0][m][v] += sums[s][m][v];                               \
        result[v] = EB_CLAMP(lanes, sums[0][m][v], min, max);                                                     \
      }                                                                                                           \
      memcpy(c + m * c_stride, result, columns * sizeof(float));                                                  \
    }                                                                                                             \
  }

#define EB_MASKED_UKERNEL(name, tiles)                                                        \
  static void name(size_t rows, EB_MASKED_PARAMETERS) {                                       \
    tiles[rows - 1](columns, depth, masks, values, bias, a, a_stride, c, c_stride, min, max); \
  }

// Squares of `lanes` x `lanes`, by EB_TRANSPOSE_<lanes>(rows, columns); what is left one by one.
#define EB_TRANSPOSE_UKERNEL(name, lanes)                                                                             \
  static void name(size_t rows, size_t columns, const float *from, size_t from_stride, float *to, size_t to_stride) { \
    const size_t whole_rows = rows - rows % lanes, whole_columns = columns - columns % lanes;                         \
    for (size_t r = 0; r < whole_rows; r += lanes) {                                                                  \
      for (size_t c = 0; c < whole_columns; c += lanes) {                                                             \
        eb_f32x##lanes in[lanes], out[lanes];                                                                         \
        EB_UNROLL for (size_t i = 0; i < lanes; i++) in[i] = EB_LOAD(lanes, from + (r + i) * from_stride + c);        \
        EB_TRANSPOSE_##lanes(in, out);                                                                                \
        EB_UNROLL for (size_t i = 0; i < lanes; i++) EB_STORE(lanes, to + (c + i) * to_stride + r, out[i]);           \
      }                                                                                                               \
    }                                                                                                                 \
    for (size_t r = 0; r < rows; r++) {                                                                               \
      for (size_t c = r < whole_rows ? whole_columns : 0; c < columns; c++) {                                         \
        to[c * to_stride + r] = from[r * from_stride + c];                                                            \
      }                                                                                                               \
    }                                                                                                                 \
  }

// Pairs of rows, then of pairs, then of halves.
#define EB_TRANSPOSE_8(in, out)                                                           \
  {                                                                                       \
    eb_f32x8 t[8], u[8];                                                                  \
    EB_UNROLL for (size_t i = 0; i < 8; i += 2) {                                         \
      t[i] = __builtin_shufflevector(in[i], in[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);         \
      t[i + 1] = __builtin_shufflevector(in[i], in[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);   \
    }                                                                                     \
    EB_UNROLL for (size_t i = 0; i < 8; i += 4) {                                         \
      u[i] = __builtin_shufflevector(t[i], t[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);           \
      u[i + 1] = __builtin_shufflevector(t[i], t[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);     \
      u[i + 2] = __builtin_shufflevector(t[i + 1], t[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);   \
      u[i + 3] = __builtin_shufflevector(t[i + 1], t[i + 3], 2, 3, 10, 11, 6, 7, 14, 15); \
    }                                                                                     \
    EB_UNROLL for (size_t i = 0; i < 4; i++) {                                            \
      out[i] = __builtin_shufflevector(u[i], u[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);         \
      out[i + 4] = __builtin_shufflevector(u[i], u[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);   \
    }                                                                                     \
  }

#endif
