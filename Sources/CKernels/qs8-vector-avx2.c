#if defined(__x86_64__)
#include "qs8-vector.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define EB_QS8_VECTOR_TABLE eb_qs8_vector__avx2
#include "qs8-vector-kernels.h"
#pragma clang attribute pop
#endif
