// Tiles of 32 pixels. Eight vectors of sums hide the latency of an addition on two ports.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-sparse.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)

#include "f32-sparse-ranks.h"

static inline __m256 expand(const float *values, unsigned bits) {
  const __m256i rank = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)ranks[bits]));
  const __m256 moved = _mm256_permutevar8x32_ps(_mm256_loadu_ps(values), rank);
  return _mm256_blendv_ps(moved, _mm256_setzero_ps(), _mm256_castsi256_ps(rank));
}
#define EB_EXPAND_8(values, bits) ((eb_f32x8)expand(values, bits))

#include "f32-sparse-body.h"

EB_SPMM_1_UKERNEL(eb_f32_spmm_minmax_ukernel_32x1__avx2, 8, 4, 2)
EB_SPMM_4_UKERNEL(eb_f32_spmm_minmax_ukernel_32x4__avx2, 8, 2, 2)
EB_SPMV_1_UKERNEL(eb_f32_spmv_minmax_ukernel_1x1__avx2, 8)
EB_SPMV_4_UKERNEL(eb_f32_spmv_minmax_ukernel_1x4__avx2, 4)
EB_MASKED_TILE(masked_1, 1, 8, 2, 4)
EB_MASKED_TILE(masked_2, 2, 8, 2, 2)
EB_MASKED_TILE(masked_3, 3, 8, 2, 1)
EB_MASKED_TILE(masked_4, 4, 8, 2, 1)
static const eb_f32_masked_tile masked_tiles[] = {masked_1, masked_2, masked_3, masked_4};
EB_MASKED_UKERNEL(eb_f32_masked_gemm_minmax_ukernel_4x16__avx2, masked_tiles)
EB_TRANSPOSE_UKERNEL(eb_f32_transpose_ukernel_8x8__avx2, 8)

const eb_f32_sparse_kernels eb_f32_sparse_kernels_avx2 = {
    .pixels = 32,
    .spmm_1 = eb_f32_spmm_minmax_ukernel_32x1__avx2,
    .spmm_4 = eb_f32_spmm_minmax_ukernel_32x4__avx2,
    .spmv_1 = eb_f32_spmv_minmax_ukernel_1x1__avx2,
    .spmv_4 = eb_f32_spmv_minmax_ukernel_1x4__avx2,
    .transpose = eb_f32_transpose_ukernel_8x8__avx2,
    .max_rows = 4,
    .masked = eb_f32_masked_gemm_minmax_ukernel_4x16__avx2,
};

#pragma clang attribute pop

#endif
