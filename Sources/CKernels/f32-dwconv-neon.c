#if defined(__aarch64__)

#include <arm_neon.h>

#include "f32-kernels-neon.h"

#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)(pointer)))))
#define EB_LOAD_HALF_8(pointer) \
  __builtin_shufflevector(EB_LOAD_HALF_4(pointer), EB_LOAD_HALF_4((pointer) + 4), 0, 1, 2, 3, 4, 5, 6, 7)

#include "f32-dwconv-template.h"

EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p8c__neon, 8, f32)
EB_DWCONV_UKERNEL(eb_f32_dwconv_minmax_ukernel_8p4c__neon, 4, f32)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p8c__neon, 8, f16w)
EB_DWCONV_UKERNEL(eb_f32_f16w_dwconv_minmax_ukernel_8p4c__neon, 4, f16w)

#endif
