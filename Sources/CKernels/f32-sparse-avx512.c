// Tiles of 32 pixels. Four vectors of sums hide the latency of an addition on the one 512-bit port of Zen 4; two loads
// of inputs then serve eight multiplications where four channels share their places.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-sparse.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,popcnt"))), \
                             apply_to = function)

// Not by `vexpandps`, which takes 4.6 cycles a vector on Zen 4.
#include "f32-sparse-ranks.h"
#define EB_EXPAND_8(values, bits)                                                                          \
  ((eb_f32x8)_mm256_maskz_permutexvar_ps(                                                                  \
      (__mmask8)(bits), _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)ranks[bits])), \
      _mm256_loadu_ps(values)))

#include "f32-sparse-body.h"

EB_SPMM_1_UKERNEL(eb_f32_spmm_minmax_ukernel_32x1__avx512, 16, 2, 2)
EB_SPMM_4_UKERNEL(eb_f32_spmm_minmax_ukernel_32x4__avx512, 16, 2, 1)
EB_MASKED_TILE(masked_1, 1, 8, 2, 2)
EB_MASKED_TILE(masked_2, 2, 8, 2, 1)
EB_MASKED_TILE(masked_3, 3, 8, 2, 1)
EB_MASKED_TILE(masked_4, 4, 8, 2, 1)
static const eb_f32_masked_tile masked_tiles[] = {masked_1, masked_2, masked_3, masked_4};
EB_MASKED_UKERNEL(eb_f32_masked_gemm_minmax_ukernel_4x16__avx512, masked_tiles)
EB_TRANSPOSE_UKERNEL(eb_f32_transpose_ukernel_8x8__avx512, 8)

// One pixel is no work for wide vectors: compiled for them, its loads became gathers, at half the speed.
const eb_f32_sparse_kernels eb_f32_sparse_kernels_avx512 = {
    .pixels = 32,
    .spmm_1 = eb_f32_spmm_minmax_ukernel_32x1__avx512,
    .spmm_4 = eb_f32_spmm_minmax_ukernel_32x4__avx512,
    .spmv_1 = eb_f32_spmv_minmax_ukernel_1x1__avx2,
    .spmv_4 = eb_f32_spmv_minmax_ukernel_1x4__avx2,
    .transpose = eb_f32_transpose_ukernel_8x8__avx512,
    .max_rows = 4,
    .masked = eb_f32_masked_gemm_minmax_ukernel_4x16__avx512,
};

#pragma clang attribute pop

#endif
