// Tiles of up to 8 x 16. A 4-bit step is looked up: the permutation takes the low four bits of each lane.
#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-qbw.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)

#define EB_LOAD_HALF_16(pointer) \
  ((eb_f32x16)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(pointer))))

static const float steps_of_bits[16] = {0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1};
#define EB_QBW_STEPS_4(words, i)                                                              \
  ((eb_f32x16)_mm512_permutexvar_ps(_mm512_srli_epi32((__m512i)(words), (unsigned)(4 * (i))), \
                                    _mm512_loadu_ps(steps_of_bits)))
#define EB_QBW_STEPS_8(words, i) \
  ((eb_f32x16)_mm512_cvtepi32_ps(_mm512_srai_epi32(_mm512_slli_epi32((__m512i)(words), (unsigned)(24 - 8 * (i))), 24)))
#define EB_QBW_STEPS(lanes, bits, words, i) EB_QBW_STEPS_##bits(words, i)

#include "f32-qbw-body.h"

#define EB_TILES(prefix, bits)                                                                     \
  EB_QBW_TILE(prefix##_1, 1, 16, 1, bits, 4)                                                       \
  EB_QBW_TILE(prefix##_2, 2, 16, 1, bits, 2)                                                       \
  EB_QBW_TILE(prefix##_3, 3, 16, 1, bits, 1)                                                       \
  EB_QBW_TILE(prefix##_4, 4, 16, 1, bits, 1)                                                       \
  EB_QBW_TILE(prefix##_5, 5, 16, 1, bits, 0)                                                       \
  EB_QBW_TILE(prefix##_6, 6, 16, 1, bits, 0)                                                       \
  EB_QBW_TILE(prefix##_7, 7, 16, 1, bits, 0)                                                       \
  EB_QBW_TILE(prefix##_8, 8, 16, 1, bits, 0)                                                       \
  static const eb_f32_qbw_tile prefix##_tiles[] = {prefix##_1, prefix##_2, prefix##_3, prefix##_4, \
                                                   prefix##_5, prefix##_6, prefix##_7, prefix##_8};

EB_TILES(qb4w, 4)
EB_TILES(qb8w, 8)
EB_QBW_UKERNEL(eb_f32_qb4w_gemm_minmax_ukernel_8x16__avx512, qb4w_tiles)
EB_QBW_UKERNEL(eb_f32_qb8w_gemm_minmax_ukernel_8x16__avx512, qb8w_tiles)

const eb_f32_qbw_kernels eb_f32_qbw_kernels_avx512 = {.max_rows = 8,
                                                      .qb4w = eb_f32_qb4w_gemm_minmax_ukernel_8x16__avx512,
                                                      .qb8w = eb_f32_qb8w_gemm_minmax_ukernel_8x16__avx512};

#pragma clang attribute pop

#endif
