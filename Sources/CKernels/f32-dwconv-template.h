// The body of the depthwise microkernels, written once with clang's vector types: one block of channels, a few
// pixels side by side.
//
// Where the pixels of a tile and the taps of a row lie as far apart (dilation 1, stride 1 or 2; 3 or 5 taps),
// each input is loaded once for all the taps that it meets. Else each tap's weights are loaded once for all pixels.
// The including file defines EB_LOAD_HALF_<lanes>(pointer), a vector of floats from halves.
#ifndef EB_F32_DWCONV_TEMPLATE_H
#define EB_F32_DWCONV_TEMPLATE_H

#include "f32-layout.h"
#include "f32-vector.h"

#define EB_DWCONV_PARAMETERS                                                                                    \
  size_t pixels, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, const float *bias, const void *w, \
      float *c, ptrdiff_t c_stride, float min, float max
#define EB_DWCONV_ARGUMENTS pixels, taps, a, a_stride, bias, w, c, c_stride, min, max

#define EB_DWCONV_LOAD_f32(lanes, pointer) EB_LOAD(lanes, pointer)
#define EB_DWCONV_LOAD_f16w(lanes, pointer) EB_LOAD_HALF_##lanes(pointer)
#define EB_DWCONV_TYPE_f32 float
#define EB_DWCONV_TYPE_f16w uint16_t

// Any taps.
#define EB_DWCONV_TAP_BY_TAP(tile, lanes, weights)                                                                     \
  for (size_t i = 0; i < taps->inner; i++) {                                                                           \
    eb_f32x##lanes weight = EB_DWCONV_LOAD_##weights(lanes, wp + i * lanes);                                           \
    EB_UNROLL for (size_t p = 0; p < tile; p++) { sums[p] += EB_LOAD(lanes, row + (ptrdiff_t)p * a_stride) * weight; } \
    row += taps->a_inner;                                                                                              \
  }

// `count` taps, `step` of which lie between two pixels.
#define EB_DWCONV_ROW(tile, lanes, weights, count, step)                                                        \
  eb_f32x##lanes weight[count];                                                                                 \
  EB_UNROLL for (size_t i = 0; i < count; i++) { weight[i] = EB_DWCONV_LOAD_##weights(lanes, wp + i * lanes); } \
  EB_UNROLL for (size_t j = 0; j < (tile - 1) * step + count; j++) {                                            \
    eb_f32x##lanes input = EB_LOAD(lanes, row);                                                                 \
    row += taps->a_inner;                                                                                       \
    EB_UNROLL for (size_t p = 0; p < tile; p++) {                                                               \
      if (j >= p * step && j - p * step < count) sums[p] += input * weight[j - p * step];                       \
    }                                                                                                           \
  }

#define EB_DWCONV_TILE(tile, lanes, weights, ...)                                                           \
  {                                                                                                         \
    eb_f32x##lanes sums[tile];                                                                              \
    EB_UNROLL for (size_t p = 0; p < tile; p++) sums[p] = EB_LOAD(lanes, bias);                             \
    for (size_t o = 0; o < taps->outer; o++) {                                                              \
      const float *row = a + (ptrdiff_t)o * taps->a_outer;                                                  \
      const EB_DWCONV_TYPE_##weights *wp = (const EB_DWCONV_TYPE_##weights *)w + o * taps->w_outer * lanes; \
      __VA_ARGS__                                                                                           \
    }                                                                                                       \
    EB_UNROLL for (size_t p = 0; p < tile; p++) {                                                           \
      EB_STORE(lanes, c + (ptrdiff_t)p * c_stride, EB_CLAMP(lanes, sums[p], min, max));                     \
    }                                                                                                       \
    pixels -= tile;                                                                                         \
    a += tile * a_stride;                                                                                   \
    c += tile * c_stride;                                                                                   \
  }

// Tiles of 8, and one of what is left.
#define EB_DWCONV_LINE(name, lanes, weights, body, ...)                                                         \
  static void name(EB_DWCONV_PARAMETERS) {                                                                      \
    _Pragma("clang fp contract(fast)") while (pixels >= 8)                                                      \
        EB_DWCONV_TILE(8, lanes, weights, body(8, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) switch (pixels) { \
      case 7:                                                                                                   \
        EB_DWCONV_TILE(7, lanes, weights, body(7, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 6:                                                                                                   \
        EB_DWCONV_TILE(6, lanes, weights, body(6, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 5:                                                                                                   \
        EB_DWCONV_TILE(5, lanes, weights, body(5, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 4:                                                                                                   \
        EB_DWCONV_TILE(4, lanes, weights, body(4, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 3:                                                                                                   \
        EB_DWCONV_TILE(3, lanes, weights, body(3, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 2:                                                                                                   \
        EB_DWCONV_TILE(2, lanes, weights, body(2, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      case 1:                                                                                                   \
        EB_DWCONV_TILE(1, lanes, weights, body(1, lanes, weights __VA_OPT__(, ) __VA_ARGS__)) break;            \
      default:                                                                                                  \
        break;                                                                                                  \
    }                                                                                                           \
  }

#define EB_DWCONV_UKERNEL(name, lanes, weights)                     \
  EB_DWCONV_LINE(name##_any, lanes, weights, EB_DWCONV_TAP_BY_TAP)  \
  EB_DWCONV_LINE(name##_3s1, lanes, weights, EB_DWCONV_ROW, 3, 1)   \
  EB_DWCONV_LINE(name##_3s2, lanes, weights, EB_DWCONV_ROW, 3, 2)   \
  EB_DWCONV_LINE(name##_5s1, lanes, weights, EB_DWCONV_ROW, 5, 1)   \
  EB_DWCONV_LINE(name##_5s2, lanes, weights, EB_DWCONV_ROW, 5, 2)   \
  void name(EB_DWCONV_PARAMETERS) {                                 \
    if (taps->inner == 3 && a_stride == taps->a_inner) {            \
      name##_3s1(EB_DWCONV_ARGUMENTS);                              \
    } else if (taps->inner == 3 && a_stride == 2 * taps->a_inner) { \
      name##_3s2(EB_DWCONV_ARGUMENTS);                              \
    } else if (taps->inner == 5 && a_stride == taps->a_inner) {     \
      name##_5s1(EB_DWCONV_ARGUMENTS);                              \
    } else if (taps->inner == 5 && a_stride == 2 * taps->a_inner) { \
      name##_5s2(EB_DWCONV_ARGUMENTS);                              \
    } else {                                                        \
      name##_any(EB_DWCONV_ARGUMENTS);                              \
    }                                                               \
  }

#define EB_DWCONV_PAIR_TILE(tile, lanes, weights)                                                                 \
  {                                                                                                               \
    const unsigned char *block = packed;                                                                          \
    for (size_t b = 0; b < blocks; b++) {                                                                         \
      const EB_DWCONV_TYPE_##weights *w = (const EB_DWCONV_TYPE_##weights *)(block + lanes * sizeof(float));      \
      const float *in = a + b * lanes;                                                                            \
      float *out = c + b * lanes;                                                                                 \
      eb_f32x##lanes weight[9], sums[2][tile];                                                                    \
      EB_UNROLL for (size_t i = 0; i < 9; i++) weight[i] = EB_DWCONV_LOAD_##weights(lanes, w + i * lanes);        \
      EB_UNROLL for (size_t p = 0; p < tile; p++) sums[0][p] = sums[1][p] = EB_LOAD(lanes, (const float *)block); \
      EB_UNROLL for (size_t r = 0; r < 4; r++) {                                                                  \
        EB_UNROLL for (size_t j = 0; j < tile + 2; j++) {                                                         \
          eb_f32x##lanes input = EB_LOAD(lanes, in + (ptrdiff_t)r * a_line + (ptrdiff_t)j * a_pixel);             \
          EB_UNROLL for (size_t p = 0; p < tile; p++) {                                                           \
            if (j >= p && j - p < 3) {                                                                            \
              if (r < 3) sums[0][p] += input * weight[r * 3 + j - p];                                             \
              if (r > 0) sums[1][p] += input * weight[(r - 1) * 3 + j - p];                                       \
            }                                                                                                     \
          }                                                                                                       \
        }                                                                                                         \
      }                                                                                                           \
      EB_UNROLL for (size_t p = 0; p < tile; p++) {                                                               \
        EB_STORE(lanes, out + (ptrdiff_t)p * c_pixel, EB_CLAMP(lanes, sums[0][p], min, max));                     \
        EB_STORE(lanes, out + c_line + (ptrdiff_t)p * c_pixel, EB_CLAMP(lanes, sums[1][p], min, max));            \
      }                                                                                                           \
      block += lanes * eb_f32_column_bytes(9, sizeof *w == sizeof(uint16_t));                                     \
    }                                                                                                             \
    pixels -= tile;                                                                                               \
    a += tile * a_pixel;                                                                                          \
    c += tile * c_pixel;                                                                                          \
  }

// For 32 vector registers: nine weights, two lines of sums, an input.
#define EB_DWCONV_PAIR_UKERNEL(name, lanes, weights)                                                               \
  void name(size_t pixels, size_t blocks, const float *a, ptrdiff_t a_line, ptrdiff_t a_pixel, const void *packed, \
            float *c, ptrdiff_t c_line, ptrdiff_t c_pixel, float min, float max) {                                 \
    _Pragma("clang fp contract(fast)") while (pixels >= 4) EB_DWCONV_PAIR_TILE(4, lanes, weights) if (pixels >= 2) \
        EB_DWCONV_PAIR_TILE(2, lanes, weights) if (pixels >= 1) EB_DWCONV_PAIR_TILE(1, lanes, weights)             \
  }

#endif
