// Tiles of up to 4 x 8: 8 accumulators of 4 floats, 4 of input, 4 of weights of two steps: all 16 registers.
#if defined(__arm__)

// Headers come after the push: 32-bit ARM inlines only between functions of the same target.
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "f32-kernels-armv7neon.h"
#include "half-armv7neon.h"

#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)eb_f32x4_from_f16(pointer))

// Four steps of k of each pixel come in one load, and are multiplied from their lanes. Each step's weights are loaded
// before the products of the step before, for cores that issue in order; loaded any earlier, they push sums out of the
// registers, so the compiler is kept from moving products past a step.
#define EB_GEMM_BLOCK_STEPS(unroll) 4
#define EB_GEMM_BLOCK_LOOP _Pragma("clang loop unroll(disable)")
#define EB_GEMM_LOAD_STEP(vectors, weights, u) \
  EB_UNROLL for (size_t v = 0; v < vectors; v++) { b[(u) % 2][v] = EB_GEMM_LOAD_##weights(4, wp + (u)*width + v * 4); }
#define EB_GEMM_BLOCK(rows, lanes, vectors, unroll, weights)                                                          \
  {                                                                                                                   \
    eb_f32x4 x[rows], b[2][vectors];                                                                                  \
    EB_UNROLL for (size_t m = 0; m < rows; m++) x[m] = EB_LOAD(4, row + (ptrdiff_t)m * a_stride);                     \
    EB_GEMM_LOAD_STEP(vectors, weights, 0)                                                                            \
    EB_UNROLL for (size_t u = 0; u < 4; u++) {                                                                        \
      if (u < 3) EB_GEMM_LOAD_STEP(vectors, weights, u + 1)                                                           \
      EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                   \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                              \
          sums[u % unroll][m][v] += EB_SPLAT(4, x[m][u]) * b[u % 2][v];                                               \
        }                                                                                                             \
      }                                                                                                               \
      EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                   \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) __asm__ volatile("" : "+w"(sums[u % unroll][m][v])::"memory"); \
      }                                                                                                               \
    }                                                                                                                 \
  }

#include "f32-gemm-template.h"

// Eight sums in flight where the registers allow it: a vmla waits for the one before it on the same sum.
#define EB_TILES(prefix, vectors, unroll_1, unroll_2, unroll_3, unroll_4, weights) \
  EB_GEMM_TILE(prefix##_1, 1, 4, vectors, unroll_1, weights)                       \
  EB_GEMM_TILE(prefix##_2, 2, 4, vectors, unroll_2, weights)                       \
  EB_GEMM_TILE(prefix##_3, 3, 4, vectors, unroll_3, weights)                       \
  EB_GEMM_TILE(prefix##_4, 4, 4, vectors, unroll_4, weights)                       \
  static const eb_f32_gemm_tile prefix##_tiles[] = {prefix##_1, prefix##_2, prefix##_3, prefix##_4};

EB_TILES(f32_8, 2, 4, 2, 1, 1, f32)
EB_TILES(f32_4, 1, 4, 4, 2, 2, f32)
EB_TILES(f16w_8, 2, 4, 2, 1, 1, f16w)
EB_TILES(f16w_4, 1, 4, 4, 2, 2, f16w)

EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_4x8__armv7neon, f32_8_tiles)
EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_4x4__armv7neon, f32_4_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_4x8__armv7neon, f16w_8_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_4x4__armv7neon, f16w_4_tiles)

#pragma clang attribute pop

#endif
