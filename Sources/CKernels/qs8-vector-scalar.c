#define EB_QS8_VECTOR_TABLE eb_qs8_vector__scalar
#include "qs8-vector-kernels.h"
