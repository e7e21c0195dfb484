#if defined(__aarch64__)

#include <math.h>

#include "f32-kernels-neon.h"
#include "f32-kernels-scalar.h"
#include "f32-pool-template.h"

EB_POOL_UKERNEL(eb_f32_maxpool_minmax_ukernel__neon, 8, 4, -INFINITY, EB_POOL_MAX, ,
                eb_f32_maxpool_minmax_ukernel__scalar)
EB_POOL_UKERNEL(eb_f32_avgpool_minmax_ukernel__neon, 8, 4, 0.0f, EB_POOL_SUM, *scale,
                eb_f32_avgpool_minmax_ukernel__scalar)

#endif
