// What the vector-*.c files share.
#ifndef VECTOR_KERNELS_H
#define VECTOR_KERNELS_H

#include <math.h>

#include "eb_vector_kernels.h"
#include "half.h"
#include "resize.h"
#include "vector-math.h"

extern const eb_vector_kernels eb_vector_kernels_scalar;
extern const eb_vector_kernels eb_vector_kernels_avx2;
extern const eb_vector_kernels eb_vector_kernels_avx512;
extern const eb_vector_kernels eb_vector_kernels_neon;
extern const eb_vector_kernels eb_vector_kernels_armv7neon;

#endif
