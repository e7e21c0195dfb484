#include "qs8-internal.h"

eb_qs8_isa eb_qs8_isa_for(uint32_t isa) {
  switch (isa) {
    case EB_ISA_AVX2:
      return EB_QS8_AVX2;
    case EB_ISA_AVX512:
      return EB_QS8_AVX512;
    case EB_ISA_AVX512VNNI:
      return EB_QS8_AVX512VNNI;
    case EB_ISA_NEON:
      return EB_QS8_NEON;
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
      return EB_QS8_NEON_DOT;
    case EB_ISA_NEON_I8MM:
      return EB_QS8_NEON_I8MM;
    case EB_ISA_ARMV7_NEON:
      return EB_QS8_ARMV7_NEON;
    default:
      return EB_QS8_SCALAR;
  }
}

eb_qs8_isa eb_qs8_isa_current(void) { return eb_qs8_isa_for(eb_isa_current()); }
