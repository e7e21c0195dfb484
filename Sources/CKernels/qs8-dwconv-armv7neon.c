// Depthwise convolution for 32-bit ARM: a tap at a time.
#if defined(__arm__)

#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "qs8-dwconv.h"
#include "qs8-requantize-neon.h"

#define EB_QS8_TAP_BY_TAP
#define EB_QS8_DWCONV eb_qs8_dwconv__armv7neon
#define EB_QD8_DWCONV eb_qd8_dwconv__armv7neon
#include "qs8-dwconv-neon-body.h"

#pragma clang attribute pop
#endif
