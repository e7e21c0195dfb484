// 8 pixels x 4 channels: 8 accumulators, up to 5 taps of weights, an input, of 16 registers.
#if defined(__arm__)

#include <stddef.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "f32-kernels-armv7neon.h"
#include "half-armv7neon.h"

#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)eb_f32x4_from_f16(pointer))

#include "f32-dwconv-template.h"

EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p4c__armv7neon, 4, f32)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p4c__armv7neon, 4, f16w)

#pragma clang attribute pop

#endif
