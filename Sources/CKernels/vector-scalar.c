// The reference: the C library's functions.
#include "vector-kernels.h"

#define EB_KERNEL(name) name##__scalar
#define EB_EXP expf
#define EB_EXPM1 expm1f
#define EB_TANH tanhf
#define EB_ERF erff
#define EB_LOG logf
#define EB_LOG1P log1pf
#define EB_VECTORIZE
#define EB_VECTORIZE_CHECKED
#define EB_VECTORIZE_BLOCK
#include "vector-body.h"

const eb_vector_kernels eb_vector_kernels_scalar = EB_VECTOR_KERNELS;
