#if defined(__arm__)

#include <math.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "f32-kernels-armv7neon.h"
#include "f32-kernels-scalar.h"
#include "f32-pool-template.h"

EB_POOL_UKERNEL(eb_f32_maxpool_minmax_ukernel__armv7neon, 4, 4, -INFINITY, EB_POOL_MAX, ,
                eb_f32_maxpool_minmax_ukernel__scalar)
EB_POOL_UKERNEL(eb_f32_avgpool_minmax_ukernel__armv7neon, 4, 4, 0.0f, EB_POOL_SUM, *scale,
                eb_f32_avgpool_minmax_ukernel__scalar)

#pragma clang attribute pop

#endif
