// Tiles of up to 8 x 8: 16 accumulators of 4 floats, 8 of input, 2 of weights, of 32 registers.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "f32-kernels-neon.h"

// Scheduled for cores that issue in order, which stall where a load stands right before its use; the others do not
// care.
#pragma clang attribute push(__attribute__((target("tune=cortex-a55"))), apply_to = function)

#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)(pointer)))))

// Four steps of k of each pixel come in one load, and are multiplied from their lanes: a broadcasting load
// would take a slot of the multiplication's port on cores such as the A72.
#define EB_GEMM_BLOCK_STEPS(unroll) 4
// A block is long enough; twice as long, it is scheduled worse.
#define EB_GEMM_BLOCK_LOOP _Pragma("clang loop unroll(disable)")
#define EB_GEMM_BLOCK(rows, lanes, vectors, unroll, weights)                                                       \
  {                                                                                                                \
    eb_f32x4 x[rows];                                                                                              \
    EB_UNROLL for (size_t m = 0; m < rows; m++) x[m] = EB_LOAD(4, row + (ptrdiff_t)m * a_stride);                  \
    EB_UNROLL for (size_t u = 0; u < 4; u++) {                                                                     \
      eb_f32x4 b[vectors];                                                                                         \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) { b[v] = EB_GEMM_LOAD_##weights(4, wp + u * width + v * 4); } \
      EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) sums[u % unroll][m][v] += EB_SPLAT(4, x[m][u]) * b[v];      \
      }                                                                                                            \
    }                                                                                                              \
  }

#include "f32-gemm-template.h"

// Eight additions in flight hide their latency on two ports.
#define EB_TILES(prefix, lanes, vectors, weights)                                                   \
  EB_GEMM_TILE(prefix##_1, 1, lanes, vectors, 4, weights)                                           \
  EB_GEMM_TILE(prefix##_2, 2, lanes, vectors, 2, weights)                                           \
  EB_GEMM_TILE(prefix##_3, 3, lanes, vectors, 1, weights)                                           \
  EB_GEMM_TILE(prefix##_4, 4, lanes, vectors, 1, weights)                                           \
  EB_GEMM_TILE(prefix##_5, 5, lanes, vectors, 1, weights)                                           \
  EB_GEMM_TILE(prefix##_6, 6, lanes, vectors, 1, weights)                                           \
  EB_GEMM_TILE(prefix##_7, 7, lanes, vectors, 1, weights)                                           \
  EB_GEMM_TILE(prefix##_8, 8, lanes, vectors, 1, weights)                                           \
  static const eb_f32_gemm_tile prefix##_tiles[] = {prefix##_1, prefix##_2, prefix##_3, prefix##_4, \
                                                    prefix##_5, prefix##_6, prefix##_7, prefix##_8};

EB_TILES(f32_8, 4, 2, f32)
EB_TILES(f32_4, 4, 1, f32)
EB_TILES(f16w_8, 4, 2, f16w)
EB_TILES(f16w_4, 4, 1, f16w)

EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_8x8__neon, f32_8_tiles)
EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_8x4__neon, f32_4_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_8x8__neon, f16w_8_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_8x4__neon, f16w_4_tiles)

#pragma clang attribute pop

#endif
