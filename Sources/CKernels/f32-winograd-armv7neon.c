#if defined(__arm__)

#include <stddef.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "f32-kernels-armv7neon.h"
#include "vector-math.h"

#define EB_WINOGRAD_INPUT eb_f32_winograd_input_ukernel__armv7neon
#define EB_WINOGRAD_OUTPUT eb_f32_winograd_output_ukernel__armv7neon
// The compiler leaves real arithmetic to the scalar unit, as NEON takes subnormals for 0.
#define EB_WINOGRAD_CHANNELS _Pragma("clang loop vectorize(assume_safety)")
#include "f32-winograd-body.h"

#pragma clang attribute pop

#endif
