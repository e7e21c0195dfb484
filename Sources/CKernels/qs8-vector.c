#include "qs8-vector.h"

// One table: the kernels of each instruction set.
static const eb_qs8_vector_kernels *const tables[] = {
    [EB_QS8_SCALAR] = &eb_qs8_vector__scalar,
#if defined(__x86_64__)
    [EB_QS8_AVX2] = &eb_qs8_vector__avx2,
    [EB_QS8_AVX512] = &eb_qs8_vector__avx512,
    [EB_QS8_AVX512VNNI] = &eb_qs8_vector__avx512,
#endif
};

const eb_qs8_vector_kernels *eb_qs8_vector_kernels_for(eb_qs8_isa isa) {
  return isa < sizeof tables / sizeof tables[0] ? tables[isa] : &eb_qs8_vector__scalar;
}
