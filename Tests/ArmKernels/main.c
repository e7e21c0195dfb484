// check-arm EXPECTED_ISA: compares every instruction set of this processor with the scalar kernels.
#include <stdio.h>

#include "check.h"

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: %s EXPECTED_ISA, such as 'neondot'\n", arguments[0]);
    return 2;
  }
  check_detection(arguments[1]);
  for (size_t i = 0; instruction_sets[i] != EB_ISA_SCALAR; i++) {
    const enum eb_isa isa = instruction_sets[i];
    if (!eb_isa_is_supported(isa)) continue;
    check_qs8_convolution(isa);
    check_qs8_fully_connected(isa);
    check_f32_convolution(isa);
    check_f32_fully_connected(isa);
    check_f32_matmul(isa);
    check_f32_narrow_weights(isa);
    check_f32_pool(isa);
    check_qs8_elements(isa);
    check_vector_unary(isa);
    check_vector_rows(isa);
  }
  printf("%u passed, %u failed\n", passed_count(), failed_count());
  return failed_count() == 0 ? 0 : 1;
}
