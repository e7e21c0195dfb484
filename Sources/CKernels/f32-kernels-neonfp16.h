// Microkernels in f16 arithmetic.
#ifndef EB_F32_KERNELS_NEONFP16_H
#define EB_F32_KERNELS_NEONFP16_H

#include "f32-declare.h"

// Products that are summed in f16 before their sum is added to one in f32.
#define EB_F16_BLOCK 32u

EB_DECLARE_F32_GEMM(eb_f32_f16_gemm_minmax_ukernel_8x16__neonfp16)
EB_DECLARE_F32_GEMM(eb_f32_f16_gemm_minmax_ukernel_8x8__neonfp16)

#endif
