#if defined(__x86_64__)

#include <immintrin.h>

#include "f32-kernels-avx2.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define EB_LOAD_HALF_8(pointer) ((eb_f32x8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(pointer))))
#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)_mm_cvtph_ps(_mm_loadl_epi64((const __m128i *)(pointer))))

#include "f32-dwconv-template.h"

EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p8c__avx2, 8, f32)
EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p4c__avx2, 4, f32)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p8c__avx2, 8, f16w)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p4c__avx2, 4, f16w)

#pragma clang attribute pop

#endif
