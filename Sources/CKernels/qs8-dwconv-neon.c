// Depthwise convolution for AArch64 without the dot product: a tap at a time, 16-bit products added to 32-bit sums.
#if defined(__aarch64__)
#include "qs8-dwconv.h"
#include "qs8-requantize-neon.h"

#define EB_QS8_TAP_BY_TAP

#define EB_QS8_DWCONV eb_qs8_dwconv__neon
#define EB_QD8_DWCONV eb_qd8_dwconv__neon
#include "qs8-dwconv-neon-body.h"

#endif
