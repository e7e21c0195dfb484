#if defined(__arm__)

#include "f32-kernels-armv7neon.h"

#include "f32-kernels-scalar.h"

const eb_f32_kernels eb_f32_kernels_armv7neon = {
    .gemm = {{8, 4, eb_f32_gemm_minmax_ukernel_4x8__armv7neon, eb_f32_f16w_gemm_minmax_ukernel_4x8__armv7neon},
             {4, 4, eb_f32_gemm_minmax_ukernel_4x4__armv7neon, eb_f32_f16w_gemm_minmax_ukernel_4x4__armv7neon}},
    .dwconv = {{4, eb_f32_dwconv_minmax_ukernel_8p4c__armv7neon, eb_f32_f16w_dwconv_minmax_ukernel_8p4c__armv7neon},
               {1, eb_f32_dwconv_minmax_ukernel_1p1c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar}},
    .max_pool = eb_f32_maxpool_minmax_ukernel__armv7neon,
    .average_pool = eb_f32_avgpool_minmax_ukernel__armv7neon,
    .winograd_input = eb_f32_winograd_input_ukernel__armv7neon,
    .winograd_output = eb_f32_winograd_output_ukernel__armv7neon,
};

#endif
