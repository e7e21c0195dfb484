// Tiles of up to 2 x 16: 8 sums, 4 of weights, of 16 registers.
#if defined(__arm__)

// Headers come after the push: 32-bit ARM inlines only between functions of the same target.
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon"))), apply_to = function)

#include "f32-qbw.h"
#include "half-armv7neon.h"

#define EB_LOAD_HALF_4(pointer) ((eb_f32x4)eb_f32x4_from_f16((const uint16_t *)(const void *)(pointer)))

#include "f32-qbw-body.h"

#define EB_TILES(prefix, bits)              \
  EB_QBW_TILE(prefix##_1, 1, 4, 4, bits, 1) \
  EB_QBW_TILE(prefix##_2, 2, 4, 4, bits, 0) \
  static const eb_f32_qbw_tile prefix##_tiles[] = {prefix##_1, prefix##_2};

EB_TILES(qb4w, 4)
EB_TILES(qb8w, 8)
EB_QBW_UKERNEL(eb_f32_qb4w_gemm_minmax_ukernel_2x16__armv7neon, qb4w_tiles)
EB_QBW_UKERNEL(eb_f32_qb8w_gemm_minmax_ukernel_2x16__armv7neon, qb8w_tiles)

const eb_f32_qbw_kernels eb_f32_qbw_kernels_armv7neon = {.max_rows = 2,
                                                         .qb4w = eb_f32_qb4w_gemm_minmax_ukernel_2x16__armv7neon,
                                                         .qb8w = eb_f32_qb8w_gemm_minmax_ukernel_2x16__armv7neon};

#pragma clang attribute pop

#endif
