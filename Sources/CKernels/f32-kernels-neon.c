#if defined(__aarch64__)

#include "f32-kernels-neon.h"

#include "f32-kernels-scalar.h"

const eb_f32_kernels eb_f32_kernels_neon = {
    .gemm = {{8, 8, eb_f32_gemm_minmax_ukernel_8x8__neon, eb_f32_f16w_gemm_minmax_ukernel_8x8__neon},
             {4, 8, eb_f32_gemm_minmax_ukernel_8x4__neon, eb_f32_f16w_gemm_minmax_ukernel_8x4__neon}},
    .dwconv = {{8, eb_f32_dwconv_minmax_ukernel_8p8c__neon, eb_f32_f16w_dwconv_minmax_ukernel_8p8c__neon},
               {4, eb_f32_dwconv_minmax_ukernel_8p4c__neon, eb_f32_f16w_dwconv_minmax_ukernel_8p4c__neon},
               {1, eb_f32_dwconv_minmax_ukernel_1p1c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar}},
    .max_pool = eb_f32_maxpool_minmax_ukernel__neon,
    .average_pool = eb_f32_avgpool_minmax_ukernel__neon,
    .winograd_input = eb_f32_winograd_input_ukernel__neon,
    .winograd_output = eb_f32_winograd_output_ukernel__neon,
};

#endif
