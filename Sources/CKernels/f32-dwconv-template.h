// The body of the depthwise microkernels, written once with clang's vector types: one block of channels, a few
// pixels side by side so that a tap's weights are loaded once for all of them.
#ifndef EB_F32_DWCONV_TEMPLATE_H
#define EB_F32_DWCONV_TEMPLATE_H

#include "f32-kernels.h"
#include "f32-vector.h"

#define EB_DWCONV_PARAMETERS                                                                               \
  const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, const float *bias, const void *w, float *c, \
      ptrdiff_t c_stride, float min, float max

#define EB_DWCONV_LOAD_f32(lanes, pointer) EB_LOAD(lanes, pointer)
#define EB_DWCONV_LOAD_f16w(lanes, pointer) EB_LOAD_HALF_##lanes(pointer)
#define EB_DWCONV_TYPE_f32 float
#define EB_DWCONV_TYPE_f16w uint16_t

#define EB_DWCONV_TILE(name, pixels, lanes, weights)                                                        \
  static inline __attribute__((always_inline)) void name(EB_DWCONV_PARAMETERS) {                            \
    _Pragma("clang fp contract(fast)") eb_f32x##lanes sums[pixels];                                         \
    EB_UNROLL for (size_t p = 0; p < pixels; p++) sums[p] = EB_LOAD(lanes, bias);                           \
    for (size_t o = 0; o < taps->outer; o++) {                                                              \
      const float *tap = a + (ptrdiff_t)o * taps->a_outer;                                                  \
      const EB_DWCONV_TYPE_##weights *wp = (const EB_DWCONV_TYPE_##weights *)w + o * taps->w_outer * lanes; \
      for (size_t i = 0; i < taps->inner; i++) {                                                            \
        eb_f32x##lanes weight = EB_DWCONV_LOAD_##weights(lanes, wp);                                        \
        EB_UNROLL for (size_t p = 0; p < pixels; p++) {                                                     \
          sums[p] += EB_LOAD(lanes, tap + (ptrdiff_t)p * a_stride) * weight;                                \
        }                                                                                                   \
        tap += taps->a_inner;                                                                               \
        wp += lanes;                                                                                        \
      }                                                                                                     \
    }                                                                                                       \
    EB_UNROLL for (size_t p = 0; p < pixels; p++) {                                                         \
      EB_STORE(lanes, c + (ptrdiff_t)p * c_stride, EB_CLAMP(lanes, sums[p], min, max));                     \
    }                                                                                                       \
  }

// Tiles of 8, then 4, 2 and 1 pixels.
#define EB_DWCONV_UKERNEL(name, lanes, weights)                                      \
  EB_DWCONV_TILE(name##_tile8, 8, lanes, weights)                                    \
  EB_DWCONV_TILE(name##_tile4, 4, lanes, weights)                                    \
  EB_DWCONV_TILE(name##_tile2, 2, lanes, weights)                                    \
  EB_DWCONV_TILE(name##_tile1, 1, lanes, weights)                                    \
  void name(size_t pixels, EB_DWCONV_PARAMETERS) {                                   \
    for (; pixels >= 8; pixels -= 8) {                                               \
      name##_tile8(taps, a, a_stride, bias, w, c, c_stride, min, max);               \
      a += 8 * a_stride;                                                             \
      c += 8 * c_stride;                                                             \
    }                                                                                \
    if (pixels & 4) {                                                                \
      name##_tile4(taps, a, a_stride, bias, w, c, c_stride, min, max);               \
      a += 4 * a_stride;                                                             \
      c += 4 * c_stride;                                                             \
    }                                                                                \
    if (pixels & 2) {                                                                \
      name##_tile2(taps, a, a_stride, bias, w, c, c_stride, min, max);               \
      a += 2 * a_stride;                                                             \
      c += 2 * c_stride;                                                             \
    }                                                                                \
    if (pixels & 1) name##_tile1(taps, a, a_stride, bias, w, c, c_stride, min, max); \
  }

#endif
