#if defined(__x86_64__)

#include "f32-kernels-avx2.h"

#include "f32-kernels-scalar.h"

const eb_f32_kernels eb_f32_kernels_avx2 = {
    .gemm = {{16, 5, eb_f32_gemm_minmax_ukernel_5x16__avx2, eb_f32_f16w_gemm_minmax_ukernel_5x16__avx2},
             {8, 10, eb_f32_gemm_minmax_ukernel_10x8__avx2, eb_f32_f16w_gemm_minmax_ukernel_10x8__avx2}},
    .dwconv = {{8, eb_f32_dwconv_minmax_ukernel_8p8c__avx2, eb_f32_f16w_dwconv_minmax_ukernel_8p8c__avx2},
               {4, eb_f32_dwconv_minmax_ukernel_8p4c__avx2, eb_f32_f16w_dwconv_minmax_ukernel_8p4c__avx2},
               {1, eb_f32_dwconv_minmax_ukernel_1p1c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar}},
    .max_pool = eb_f32_maxpool_minmax_ukernel__avx2,
    .average_pool = eb_f32_avgpool_minmax_ukernel__avx2,
    .winograd_input = eb_f32_winograd_input_ukernel__avx2,
    .winograd_output = eb_f32_winograd_output_ukernel__avx2,
};

#endif
