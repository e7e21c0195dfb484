// The body of the GEMM microkernels for instruction sets with vectors, written once with clang's vector types.
//
// EB_GEMM_TILE defines one tile: `rows` x (`vectors` of `lanes` columns), all constants, so that the accumulators
// stay in registers. Tiles too small to hide the latency of an addition sum over `unroll` steps of k side by side.
// EB_GEMM_UKERNEL defines the microkernel that picks the tile of the height it is asked for.
//
// The including file defines EB_LOAD_HALF_<lanes>(pointer), a vector of floats from halves.
#ifndef EB_F32_GEMM_TEMPLATE_H
#define EB_F32_GEMM_TEMPLATE_H

#include <string.h>

#include "f32-kernels.h"
#include "f32-vector.h"

#define EB_GEMM_PARAMETERS                                                                                       \
  size_t columns, const eb_f32_taps *taps, const float *a, ptrdiff_t a_stride, const float *bias, const void *w, \
      float *c, ptrdiff_t c_stride, float min, float max
typedef void (*eb_f32_gemm_tile)(EB_GEMM_PARAMETERS);
#define EB_GEMM_ARGUMENTS columns, taps, a, a_stride, bias, w, c, c_stride, min, max

#define EB_GEMM_LOAD_f32(lanes, pointer) EB_LOAD(lanes, pointer)
#define EB_GEMM_LOAD_f16w(lanes, pointer) EB_LOAD_HALF_##lanes(pointer)
#define EB_GEMM_TYPE_f32 float
#define EB_GEMM_TYPE_f16w uint16_t

// One step of k: a row of weights against one input of each pixel.
#define EB_GEMM_STEP(rows, lanes, vectors, weights, sums, at, wp)                                          \
  {                                                                                                        \
    eb_f32x##lanes b[vectors];                                                                             \
    EB_UNROLL for (size_t v = 0; v < vectors; v++) b[v] = EB_GEMM_LOAD_##weights(lanes, (wp) + v * lanes); \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                          \
      eb_f32x##lanes x = EB_SPLAT(lanes, row[(ptrdiff_t)m * a_stride + (ptrdiff_t)(at)]);                  \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[m][v] += x * b[v];                               \
    }                                                                                                      \
  }

// Before the loop over blocks: a hint to the compiler.
#ifndef EB_GEMM_BLOCK_LOOP
#define EB_GEMM_BLOCK_LOOP
#endif

// Steps of k at once, into `unroll` sums. A file may define a block that suits its instruction set better.
#ifndef EB_GEMM_BLOCK
#define EB_GEMM_BLOCK_STEPS(unroll) (unroll)
#define EB_GEMM_BLOCK(rows, lanes, vectors, unroll, weights)                \
  EB_UNROLL for (size_t u = 0; u < unroll; u++) {                           \
    EB_GEMM_STEP(rows, lanes, vectors, weights, sums[u], u, wp + u * width) \
  }
#endif

#define EB_GEMM_TILE(name, rows, lanes, vectors, unroll, weights)                                       \
  static void name(EB_GEMM_PARAMETERS) {                                                                \
    _Pragma("clang fp contract(fast)") enum { width = lanes * vectors };                                \
    eb_f32x##lanes sums[unroll][rows][vectors];                                                         \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                       \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                  \
        sums[0][m][v] = EB_GEMM_LOAD_f32(lanes, bias + v * lanes);                                      \
        EB_UNROLL for (size_t u = 1; u < unroll; u++) sums[u][m][v] = (eb_f32x##lanes){0};              \
      }                                                                                                 \
    }                                                                                                   \
    for (size_t o = 0; o < taps->outer; o++) {                                                          \
      for (size_t i = 0; i < taps->inner; i++) {                                                        \
        const float *row = a + (ptrdiff_t)o * taps->a_outer + (ptrdiff_t)i * taps->a_inner;             \
        const EB_GEMM_TYPE_##weights *wp =                                                              \
            (const EB_GEMM_TYPE_##weights *)w + (o * taps->w_outer + i * taps->w_inner) * width;        \
        size_t k = taps->length;                                                                        \
        EB_GEMM_BLOCK_LOOP for (; k >= EB_GEMM_BLOCK_STEPS(unroll); k -= EB_GEMM_BLOCK_STEPS(unroll)) { \
          EB_GEMM_BLOCK(rows, lanes, vectors, unroll, weights)                                          \
          row += EB_GEMM_BLOCK_STEPS(unroll);                                                           \
          wp += EB_GEMM_BLOCK_STEPS(unroll) * width;                                                    \
        }                                                                                               \
        for (; EB_GEMM_BLOCK_STEPS(unroll) > 1 && k > 0; k--) {                                         \
          EB_GEMM_STEP(rows, lanes, vectors, weights, sums[0], 0, wp)                                   \
          row += 1;                                                                                     \
          wp += width;                                                                                  \
        }                                                                                               \
      }                                                                                                 \
    }                                                                                                   \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                       \
      eb_f32x##lanes result[vectors];                                                                   \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                  \
        EB_UNROLL for (size_t u = 1; u < unroll; u++) sums[0][m][v] += sums[u][m][v];                   \
        result[v] = EB_CLAMP(lanes, sums[0][m][v], min, max);                                           \
      }                                                                                                 \
      float *to = c + (ptrdiff_t)m * c_stride;                                                          \
      if (columns == width) {                                                                           \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) EB_STORE(lanes, to + v * lanes, result[v]);      \
      } else {                                                                                          \
        memcpy(to, result, columns * sizeof(float));                                                    \
      }                                                                                                 \
    }                                                                                                   \
  }

#define EB_GEMM_UKERNEL(name, tile) \
  void name(size_t rows, EB_GEMM_PARAMETERS) { tile[rows - 1](EB_GEMM_ARGUMENTS); }

#endif
