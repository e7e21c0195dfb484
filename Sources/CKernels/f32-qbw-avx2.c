// Tiles of up to 5 x 16: 10 sums, 2 of weights and their words, of 16 registers.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-qbw.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define EB_LOAD_HALF_8(pointer) ((eb_f32x8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(pointer))))

#include "f32-qbw-body.h"

#define EB_TILES(prefix, bits)              \
  EB_QBW_TILE(prefix##_1, 1, 8, 2, bits, 2) \
  EB_QBW_TILE(prefix##_2, 2, 8, 2, bits, 1) \
  EB_QBW_TILE(prefix##_3, 3, 8, 2, bits, 0) \
  EB_QBW_TILE(prefix##_4, 4, 8, 2, bits, 0) \
  EB_QBW_TILE(prefix##_5, 5, 8, 2, bits, 0) \
  static const eb_f32_qbw_tile prefix##_tiles[] = {prefix##_1, prefix##_2, prefix##_3, prefix##_4, prefix##_5};

EB_TILES(qb4w, 4)
EB_TILES(qb8w, 8)
EB_QBW_UKERNEL(eb_f32_qb4w_gemm_minmax_ukernel_5x16__avx2, qb4w_tiles)
EB_QBW_UKERNEL(eb_f32_qb8w_gemm_minmax_ukernel_5x16__avx2, qb8w_tiles)

const eb_f32_qbw_kernels eb_f32_qbw_kernels_avx2 = {.max_rows = 5,
                                                    .qb4w = eb_f32_qb4w_gemm_minmax_ukernel_5x16__avx2,
                                                    .qb8w = eb_f32_qb8w_gemm_minmax_ukernel_5x16__avx2};

#pragma clang attribute pop

#endif
