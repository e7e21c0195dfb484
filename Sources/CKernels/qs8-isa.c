#include "qs8-internal.h"

eb_qs8_isa eb_qs8_isa_for(uint32_t isa) {
  switch (isa) {
    case EB_ISA_AVX2:
      return EB_QS8_AVX2;
    case EB_ISA_AVX512:
      return EB_QS8_AVX512;
    case EB_ISA_AVX512VNNI:
      return EB_QS8_AVX512VNNI;
    default:
      return EB_QS8_SCALAR;
  }
}

eb_qs8_isa eb_qs8_isa_current(void) { return eb_qs8_isa_for(eb_isa_current()); }
