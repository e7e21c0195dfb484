#include "f32-kernels.h"

const eb_f32_kernels *eb_f32_kernels_for(uint32_t isa) {
  if (!eb_isa_is_supported((enum eb_isa)isa)) return NULL;
  switch (isa) {
    case EB_ISA_SCALAR:
      return &eb_f32_kernels_scalar;
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return &eb_f32_kernels_avx2;
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return &eb_f32_kernels_avx512;
#endif
#if defined(__aarch64__)
    case EB_ISA_NEON:
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return &eb_f32_kernels_neon;
#endif
#if defined(__arm__)
    case EB_ISA_ARMV7_NEON:
      return &eb_f32_kernels_armv7neon;
#endif
    default:
      return NULL;
  }
}

const eb_f32_kernels *eb_f32_kernels_for_f16(uint32_t isa) {
#if defined(__aarch64__)
  const bool has_arithmetic = isa == EB_ISA_NEON_FP16_DOT || isa == EB_ISA_NEON_I8MM;
  if (has_arithmetic && eb_isa_is_supported((enum eb_isa)isa)) return &eb_f32_kernels_neonfp16;
#else
  (void)isa;
#endif
  return NULL;
}
