#if defined(__x86_64__)
#include "qs8-vector.h"
#pragma clang attribute push(__attribute__((target("fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define EB_QS8_VECTOR_ADD eb_qs8_add__avx512
#define EB_QD8_VECTOR_EXTREMES eb_qd8_extremes__avx512
#define EB_QD8_VECTOR_QUANTIZE eb_qd8_quantize__avx512
#define EB_QS8_VECTOR_TABLE eb_qs8_vector__avx512
#include "qs8-vector-kernels.h"
#pragma clang attribute pop
#endif
