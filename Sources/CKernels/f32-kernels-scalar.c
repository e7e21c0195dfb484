#include "f32-kernels-scalar.h"

const eb_f32_kernels eb_f32_kernels_scalar = {
    .gemm = {{4, 4, eb_f32_gemm_minmax_ukernel_4x4__scalar, eb_f32_f16w_gemm_minmax_ukernel_4x4__scalar}},
    .dwconv = {{4, eb_f32_dwconv_minmax_ukernel_1p4c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p4c__scalar},
               {1, eb_f32_dwconv_minmax_ukernel_1p1c__scalar, eb_f32_f16w_dwconv_minmax_ukernel_1p1c__scalar}},
    .max_pool = eb_f32_maxpool_minmax_ukernel__scalar,
    .average_pool = eb_f32_avgpool_minmax_ukernel__scalar,
    .winograd_input = eb_f32_winograd_input_ukernel__scalar,
    .winograd_output = eb_f32_winograd_output_ukernel__scalar,
};
