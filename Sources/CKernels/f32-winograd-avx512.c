#if defined(__x86_64__)

#include "f32-kernels-avx512.h"
#include "vector-math.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)

#define EB_WINOGRAD_INPUT eb_f32_winograd_input_ukernel__avx512
#define EB_WINOGRAD_OUTPUT eb_f32_winograd_output_ukernel__avx512
#include "f32-winograd-body.h"

#pragma clang attribute pop

#endif
