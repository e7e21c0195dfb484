#include "qs8-internal.h"

// Kernels for the other instruction sets are not written yet.
eb_qs8_isa eb_qs8_isa_for(uint32_t isa) {
  (void)isa;
  return EB_QS8_SCALAR;
}

eb_qs8_isa eb_qs8_isa_current(void) { return eb_qs8_isa_for(eb_isa_current()); }
