// Tiles of up to 4 x 16: 16 sums, 4 of weights and their words, 4 of scales, of 32 registers.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "f32-qbw.h"

#define EB_LOAD_HALF_4(pointer) \
  ((eb_f32x4)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)(const void *)(pointer)))))

#include "f32-qbw-body.h"

#define EB_TILES(prefix, bits)              \
  EB_QBW_TILE(prefix##_1, 1, 4, 4, bits, 2) \
  EB_QBW_TILE(prefix##_2, 2, 4, 4, bits, 1) \
  EB_QBW_TILE(prefix##_3, 3, 4, 4, bits, 0) \
  EB_QBW_TILE(prefix##_4, 4, 4, 4, bits, 0) \
  static const eb_f32_qbw_tile prefix##_tiles[] = {prefix##_1, prefix##_2, prefix##_3, prefix##_4};

EB_TILES(qb4w, 4)
EB_TILES(qb8w, 8)
EB_QBW_UKERNEL(eb_f32_qb4w_gemm_minmax_ukernel_4x16__neon, qb4w_tiles)
EB_QBW_UKERNEL(eb_f32_qb8w_gemm_minmax_ukernel_4x16__neon, qb8w_tiles)

const eb_f32_qbw_kernels eb_f32_qbw_kernels_neon = {.max_rows = 4,
                                                    .qb4w = eb_f32_qb4w_gemm_minmax_ukernel_4x16__neon,
                                                    .qb8w = eb_f32_qb8w_gemm_minmax_ukernel_4x16__neon};

#endif
