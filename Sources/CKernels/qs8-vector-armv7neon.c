#if defined(__arm__)

#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

// What NEON takes for 0, subnormals, rounds to step 0 in any case.
#define EB_QS8_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
#define EB_QS8_VECTOR_ADD eb_qs8_add__armv7neon
#define EB_QS8_VECTOR_ADD_SCALAR eb_qs8_add_scalar__armv7neon
#define EB_QS8_VECTOR_TABLE eb_qs8_vector__armv7neon
#include "qs8-vector-kernels.h"

#pragma clang attribute pop
#endif
