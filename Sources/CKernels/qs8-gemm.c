#include "qs8-gemm.h"

// One table per data type: the kernel for each instruction set.
#if defined(__x86_64__)
static eb_qs8_gemm_kernel *const qs8_kernels[] = {
    [EB_QS8_SCALAR] = eb_qs8_gemm__scalar,
    [EB_QS8_AVX2] = eb_qs8_gemm__avx2,
    [EB_QS8_AVX512] = eb_qs8_gemm__avx512,
    [EB_QS8_AVX512VNNI] = eb_qs8_gemm__avx512vnni,
};
static eb_qd8_gemm_kernel *const qd8_kernels[] = {
    [EB_QS8_SCALAR] = eb_qd8_gemm__scalar,
    [EB_QS8_AVX2] = eb_qd8_gemm__avx2,
    [EB_QS8_AVX512] = eb_qd8_gemm__avx512,
    [EB_QS8_AVX512VNNI] = eb_qd8_gemm__avx512vnni,
};
eb_qs8_gemm_kernel *eb_qs8_gemm_kernel_for(eb_qs8_isa isa) { return qs8_kernels[isa]; }
eb_qd8_gemm_kernel *eb_qd8_gemm_kernel_for(eb_qs8_isa isa) { return qd8_kernels[isa]; }
#else
eb_qs8_gemm_kernel *eb_qs8_gemm_kernel_for(eb_qs8_isa isa) {
  (void)isa;
  return eb_qs8_gemm__scalar;
}
eb_qd8_gemm_kernel *eb_qd8_gemm_kernel_for(eb_qs8_isa isa) {
  (void)isa;
  return eb_qd8_gemm__scalar;
}
#endif
