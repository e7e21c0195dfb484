#if defined(__aarch64__)

#include "f32-kernels-neon.h"
#include "vector-math.h"

#define EB_WINOGRAD_INPUT eb_f32_winograd_input_ukernel__neon
#define EB_WINOGRAD_OUTPUT eb_f32_winograd_output_ukernel__neon
#include "f32-winograd-body.h"

#endif
