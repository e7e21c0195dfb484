#if defined(__x86_64__)

#include <math.h>

#include "f32-kernels-avx2.h"
#include "f32-kernels-scalar.h"
#include "f32-pool-template.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

EB_POOL_UKERNEL(eb_f32_maxpool_minmax_ukernel__avx2, 8, 4, -INFINITY, EB_POOL_MAX, ,
                eb_f32_maxpool_minmax_ukernel__scalar)
EB_POOL_UKERNEL(eb_f32_avgpool_minmax_ukernel__avx2, 8, 4, 0.0f, EB_POOL_SUM, *scale,
                eb_f32_avgpool_minmax_ukernel__scalar)

#pragma clang attribute pop

#endif
