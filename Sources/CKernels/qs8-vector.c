#include "qs8-vector.h"

// One table: the kernels of each instruction set.
static const eb_qs8_vector_kernels *const tables[EB_QS8_ISA_COUNT] = {
    [EB_QS8_SCALAR] = &eb_qs8_vector__scalar,
#if defined(__x86_64__)
    [EB_QS8_AVX2] = &eb_qs8_vector__avx2,
    [EB_QS8_AVX512] = &eb_qs8_vector__avx512,
    [EB_QS8_AVX512VNNI] = &eb_qs8_vector__avx512,
#elif defined(__arm__)
    [EB_QS8_ARMV7_NEON] = &eb_qs8_vector__armv7neon,
#endif
};

// NEON is part of AArch64's baseline, so the compiler has vectorised the scalar table for it already.
const eb_qs8_vector_kernels *eb_qs8_vector_kernels_for(eb_qs8_isa isa) {
  return tables[isa] != NULL ? tables[isa] : &eb_qs8_vector__scalar;
}
