#include "vector-kernels.h"

#if defined(__aarch64__)

#define EB_KERNEL(name) name##__neon
#include "vector-body.h"

const eb_vector_kernels eb_vector_kernels_neon = EB_VECTOR_KERNELS;

#endif
