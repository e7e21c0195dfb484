#include "qs8-gemm.h"

// One table per data type: the kernel for each instruction set.
static eb_qs8_gemm_kernel *const qs8_kernels[EB_QS8_ISA_COUNT] = {
    [EB_QS8_SCALAR] = eb_qs8_gemm__scalar,
#if defined(__x86_64__)
    [EB_QS8_AVX2] = eb_qs8_gemm__avx2,
    [EB_QS8_AVX512] = eb_qs8_gemm__avx512,
    [EB_QS8_AVX512VNNI] = eb_qs8_gemm__avx512vnni,
#elif defined(__aarch64__)
    [EB_QS8_NEON] = eb_qs8_gemm__neon,
    [EB_QS8_NEON_DOT] = eb_qs8_gemm__neondot,
    [EB_QS8_NEON_I8MM] = eb_qs8_gemm__neoni8mm,
#elif defined(__arm__)
    [EB_QS8_ARMV7_NEON] = eb_qs8_gemm__armv7neon,
#endif
};
static eb_qd8_gemm_kernel *const qd8_kernels[EB_QS8_ISA_COUNT] = {
    [EB_QS8_SCALAR] = eb_qd8_gemm__scalar,
#if defined(__x86_64__)
    [EB_QS8_AVX2] = eb_qd8_gemm__avx2,
    [EB_QS8_AVX512] = eb_qd8_gemm__avx512,
    [EB_QS8_AVX512VNNI] = eb_qd8_gemm__avx512vnni,
#elif defined(__aarch64__)
    [EB_QS8_NEON] = eb_qd8_gemm__neon,
    [EB_QS8_NEON_DOT] = eb_qd8_gemm__neondot,
    [EB_QS8_NEON_I8MM] = eb_qd8_gemm__neoni8mm,
#elif defined(__arm__)
    [EB_QS8_ARMV7_NEON] = eb_qd8_gemm__armv7neon,
#endif
};
eb_qs8_gemm_kernel *eb_qs8_gemm_kernel_for(eb_qs8_isa isa) { return qs8_kernels[isa]; }
eb_qd8_gemm_kernel *eb_qd8_gemm_kernel_for(eb_qs8_isa isa) { return qd8_kernels[isa]; }
