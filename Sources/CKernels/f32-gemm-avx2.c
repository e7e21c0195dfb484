// Tiles of up to 5 x 16: 10 accumulators, 2 of weights and the broadcast input, of 16 registers. At 6 rows the
// compiler spills, which halves the speed.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-kernels-avx2.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define EB_LOAD_HALF_8(pointer) ((eb_f32x8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(pointer))))

#include "f32-gemm-template.h"

// Eight additions in flight hide their latency on two ports.
#define EB_TILES(prefix, lanes, vectors, weights)         \
  EB_GEMM_TILE(prefix##_1, 1, lanes, vectors, 4, weights) \
  EB_GEMM_TILE(prefix##_2, 2, lanes, vectors, 2, weights) \
  EB_GEMM_TILE(prefix##_3, 3, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_4, 4, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_5, 5, lanes, vectors, 1, weights)
#define EB_TALL_TILES(prefix, lanes, vectors, weights)    \
  EB_GEMM_TILE(prefix##_6, 6, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_7, 7, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_8, 8, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_9, 9, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_10, 10, lanes, vectors, 1, weights)
#define EB_TILE_NAMES(prefix) prefix##_1, prefix##_2, prefix##_3, prefix##_4, prefix##_5
#define EB_TALL_TILE_NAMES(prefix) prefix##_6, prefix##_7, prefix##_8, prefix##_9, prefix##_10

EB_TILES(f32_16, 8, 2, f32)
EB_TILES(f32_8, 8, 1, f32)
EB_TALL_TILES(f32_8, 8, 1, f32)
EB_TILES(f16w_16, 8, 2, f16w)
EB_TILES(f16w_8, 8, 1, f16w)
EB_TALL_TILES(f16w_8, 8, 1, f16w)

static const eb_f32_gemm_tile f32_16_tiles[] = {EB_TILE_NAMES(f32_16)};
static const eb_f32_gemm_tile f32_8_tiles[] = {EB_TILE_NAMES(f32_8), EB_TALL_TILE_NAMES(f32_8)};
static const eb_f32_gemm_tile f16w_16_tiles[] = {EB_TILE_NAMES(f16w_16)};
static const eb_f32_gemm_tile f16w_8_tiles[] = {EB_TILE_NAMES(f16w_8), EB_TALL_TILE_NAMES(f16w_8)};

EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_5x16__avx2, f32_16_tiles)
EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_10x8__avx2, f32_8_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_5x16__avx2, f16w_16_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_10x8__avx2, f16w_8_tiles)

#pragma clang attribute pop

#endif
