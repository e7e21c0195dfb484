#include "f32-sparse.h"

const eb_f32_sparse_kernels *eb_f32_sparse_kernels_for(uint32_t isa) {
  if (!eb_isa_is_supported((enum eb_isa)isa)) return NULL;
  switch (isa) {
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return &eb_f32_sparse_kernels_avx2;
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return &eb_f32_sparse_kernels_avx512;
#endif
#if defined(__aarch64__)
    case EB_ISA_NEON:
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return &eb_f32_sparse_kernels_neon;
#endif
    default:
      return &eb_f32_sparse_kernels_scalar;
  }
}
