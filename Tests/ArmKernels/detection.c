// The best instruction set found is the one that the processor model is known to have, and it has all lower ones.
#include <string.h>

#include "check.h"

#if defined(__aarch64__)
const enum eb_isa instruction_sets[] = {EB_ISA_NEON, EB_ISA_NEON_DOT, EB_ISA_NEON_FP16_DOT, EB_ISA_NEON_I8MM,
                                        EB_ISA_SCALAR};
#else
const enum eb_isa instruction_sets[] = {EB_ISA_ARMV7_NEON, EB_ISA_SCALAR};
#endif

void check_detection(const char *expected_name) {
  const char *name = eb_isa_name(eb_isa_detect());
  expect(strcmp(name, expected_name) == 0, "detected '%s'; expected '%s'", name, expected_name);
  bool is_beyond = strcmp(expected_name, eb_isa_name(EB_ISA_SCALAR)) == 0;
  for (size_t i = 0; instruction_sets[i] != EB_ISA_SCALAR; i++) {
    const enum eb_isa isa = instruction_sets[i];
    expect(eb_isa_is_supported(isa) == !is_beyond, "'%s' should %sbe supported", eb_isa_name(isa),
           is_beyond ? "not " : "");
    is_beyond = is_beyond || strcmp(eb_isa_name(isa), expected_name) == 0;
  }
}
