// Where NEON differs from the scalar table: it takes subnormals for 0.
#if defined(__arm__)

#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "vector-kernels.h"

#define EB_KERNEL(name) name##__armv7neon
#include "vector-body.h"

const eb_vector_kernels eb_vector_kernels_armv7neon = EB_VECTOR_KERNELS;

#pragma clang attribute pop

#endif
