#if defined(__x86_64__)

#include "f32-kernels-avx512.h"

#include "f32-kernels-scalar.h"

const eb_f32_kernels eb_f32_kernels_avx512 = {
    .gemm = {{32, 13, eb_f32_gemm_minmax_ukernel_13x32__avx512, eb_f32_f16w_gemm_minmax_ukernel_13x32__avx512},
             {16, 14, eb_f32_gemm_minmax_ukernel_14x16__avx512, eb_f32_f16w_gemm_minmax_ukernel_14x16__avx512},
             {8, 14, eb_f32_gemm_minmax_ukernel_14x8__avx512, eb_f32_f16w_gemm_minmax_ukernel_14x8__avx512}},
    .dwconv = {{16, eb_f32_dwconv_minmax_ukernel_8p16c__avx512, eb_f32_f16w_dwconv_minmax_ukernel_8p16c__avx512},
               {8, eb_f32_dwconv_minmax_ukernel_8p8c__avx512, eb_f32_f16w_dwconv_minmax_ukernel_8p8c__avx512},
               {1, eb_f32_dwconv_minmax_ukernel_1p1c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar}},
    .dwconv_pair = {{eb_f32_dwconv_minmax_ukernel_3x3_2l16c__avx512,
                     eb_f32_f16w_dwconv_minmax_ukernel_3x3_2l16c__avx512},
                    {eb_f32_dwconv_minmax_ukernel_3x3_2l8c__avx512,
                     eb_f32_f16w_dwconv_minmax_ukernel_3x3_2l8c__avx512}},
    .max_pool = eb_f32_maxpool_minmax_ukernel__avx512,
    .average_pool = eb_f32_avgpool_minmax_ukernel__avx512,
    .winograd_input = eb_f32_winograd_input_ukernel__avx512,
    .winograd_output = eb_f32_winograd_output_ukernel__avx512,
};

#endif
