#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-kernels-avx512.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)

#define EB_LOAD_HALF_16(pointer) ((eb_f32x16)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(pointer))))
#define EB_LOAD_HALF_8(pointer) ((eb_f32x8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(pointer))))

#include "f32-dwconv-template.h"

EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p16c__avx512, 16, f32)
EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p8c__avx512, 8, f32)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p16c__avx512, 16, f16w)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p8c__avx512, 8, f16w)
EB_DWCONV_PAIR_UKERNEL(eb_f32_dwconv_minmax_ukernel_3x3_2l16c__avx512, 16, f32)
EB_DWCONV_PAIR_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_3x3_2l16c__avx512, 16, f16w)
EB_DWCONV_PAIR_UKERNEL(eb_f32_dwconv_minmax_ukernel_3x3_2l8c__avx512, 8, f32)
EB_DWCONV_PAIR_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_3x3_2l8c__avx512, 8, f16w)

#pragma clang attribute pop

#endif
