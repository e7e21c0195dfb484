#include "vector-kernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define EB_KERNEL(name) name##__avx2
#include "vector-body.h"

const eb_vector_kernels eb_vector_kernels_avx2 = EB_VECTOR_KERNELS;
#pragma clang attribute pop
#endif
