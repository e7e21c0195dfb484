// Tiles of up to 13 x 32: 26 accumulators, 2 of weights and the broadcast input, of 32 registers. At 14 rows
// the compiler spills, which halves the speed.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-kernels-avx512.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)

#define EB_LOAD_HALF_16(pointer) ((eb_f32x16)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(pointer))))
#define EB_LOAD_HALF_8(pointer) ((eb_f32x8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(pointer))))

#include "f32-gemm-template.h"

// Four additions in flight hide their latency.
#define EB_TILES(prefix, lanes, vectors, weights)           \
  EB_GEMM_TILE(prefix##_1, 1, lanes, vectors, 4, weights)   \
  EB_GEMM_TILE(prefix##_2, 2, lanes, vectors, 2, weights)   \
  EB_GEMM_TILE(prefix##_3, 3, lanes, vectors, 2, weights)   \
  EB_GEMM_TILE(prefix##_4, 4, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_5, 5, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_6, 6, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_7, 7, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_8, 8, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_9, 9, lanes, vectors, 1, weights)   \
  EB_GEMM_TILE(prefix##_10, 10, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_11, 11, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_12, 12, lanes, vectors, 1, weights) \
  EB_GEMM_TILE(prefix##_13, 13, lanes, vectors, 1, weights)
#define EB_TILE_NAMES(prefix)                                                                                 \
  prefix##_1, prefix##_2, prefix##_3, prefix##_4, prefix##_5, prefix##_6, prefix##_7, prefix##_8, prefix##_9, \
      prefix##_10, prefix##_11, prefix##_12, prefix##_13

EB_TILES(f32_32, 16, 2, f32)
EB_TILES(f32_16, 16, 1, f32)
EB_TILES(f32_8, 8, 1, f32)
EB_TILES(f16w_32, 16, 2, f16w)
EB_TILES(f16w_16, 16, 1, f16w)
EB_TILES(f16w_8, 8, 1, f16w)
EB_GEMM_TILE(f32_16_14, 14, 16, 1, 1, f32)
EB_GEMM_TILE(f32_8_14, 14, 8, 1, 1, f32)
EB_GEMM_TILE(f16w_16_14, 14, 16, 1, 1, f16w)
EB_GEMM_TILE(f16w_8_14, 14, 8, 1, 1, f16w)

static const eb_f32_gemm_tile f32_32_tiles[] = {EB_TILE_NAMES(f32_32)};
static const eb_f32_gemm_tile f32_16_tiles[] = {EB_TILE_NAMES(f32_16), f32_16_14};
static const eb_f32_gemm_tile f32_8_tiles[] = {EB_TILE_NAMES(f32_8), f32_8_14};
static const eb_f32_gemm_tile f16w_32_tiles[] = {EB_TILE_NAMES(f16w_32)};
static const eb_f32_gemm_tile f16w_16_tiles[] = {EB_TILE_NAMES(f16w_16), f16w_16_14};
static const eb_f32_gemm_tile f16w_8_tiles[] = {EB_TILE_NAMES(f16w_8), f16w_8_14};

EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_13x32__avx512, f32_32_tiles)
EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_14x16__avx512, f32_16_tiles)
EB_GEMM_UKERNEL(eb_f32_gemm_minmax_ukernel_14x8__avx512, f32_8_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_13x32__avx512, f16w_32_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_14x16__avx512, f16w_16_tiles)
EB_GEMM_UKERNEL(eb_f32_f16w_gemm_minmax_ukernel_14x8__avx512, f16w_8_tiles)

#pragma clang attribute pop

#endif
