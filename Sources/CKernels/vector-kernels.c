#include "vector-kernels.h"

const eb_vector_kernels *eb_vector_kernels_for(enum eb_isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return &eb_vector_kernels_avx2;
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return &eb_vector_kernels_avx512;
#endif
#if defined(__aarch64__)
    case EB_ISA_NEON:
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return &eb_vector_kernels_neon;
#endif
#if defined(__arm__)
    case EB_ISA_ARMV7_NEON:
      return &eb_vector_kernels_armv7neon;
#endif
    default:
      return &eb_vector_kernels_scalar;
  }
}

const eb_vector_kernels *eb_vector_kernels_active(void) { return eb_vector_kernels_for(eb_isa_current()); }
