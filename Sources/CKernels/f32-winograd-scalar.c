#include "f32-kernels-scalar.h"
#include "vector-math.h"

#define EB_WINOGRAD_INPUT eb_f32_winograd_input_ukernel__scalar
#define EB_WINOGRAD_OUTPUT eb_f32_winograd_output_ukernel__scalar
#include "f32-winograd-body.h"
