#if defined(__aarch64__)

#include "f32-kernels-neonfp16.h"

// Depthwise convolution is not here: it would convert two vectors of inputs for what it saves in multiplications.
const eb_f32_kernels eb_f32_kernels_neonfp16 = {
    .gemm = {{16, 8, NULL, eb_f32_f16_gemm_minmax_ukernel_8x16__neonfp16},
             {8, 8, NULL, eb_f32_f16_gemm_minmax_ukernel_8x8__neonfp16}},
};

#endif
