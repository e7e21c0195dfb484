// Tiles of 16 pixels: eight vectors of sums, or sixteen where four channels share their places.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "f32-sparse.h"

// For each mask of four lanes the bytes of the value that each lane takes; 0xFF, which gives zero, for those not set.
#define EB_RANK(mask, lane) __builtin_popcount((mask) & ((1 << (lane)) - 1))
#define EB_BYTE(mask, lane, byte) ((mask) >> (lane)&1 ? 4 * EB_RANK(mask, lane) + (byte) : 0xFF)
#define EB_BYTES(mask, lane) \
  EB_BYTE(mask, lane, 0), EB_BYTE(mask, lane, 1), EB_BYTE(mask, lane, 2), EB_BYTE(mask, lane, 3)
#define EB_TABLE_1(m) \
  { EB_BYTES(m, 0), EB_BYTES(m, 1), EB_BYTES(m, 2), EB_BYTES(m, 3) }
#define EB_TABLE_4(m) EB_TABLE_1(m), EB_TABLE_1((m) + 1), EB_TABLE_1((m) + 2), EB_TABLE_1((m) + 3)
static const uint8_t table[16][16] = {EB_TABLE_4(0), EB_TABLE_4(4), EB_TABLE_4(8), EB_TABLE_4(12)};

#define EB_EXPAND_4(values, bits) \
  ((eb_f32x4)vqtbl1q_u8(vld1q_u8((const uint8_t *)(const void *)(values)), vld1q_u8(table[bits])))

#include "f32-sparse-body.h"

EB_SPMM_1_UKERNEL(eb_f32_spmm_minmax_ukernel_16x1__neon, 4, 4, 2)
EB_SPMM_4_UKERNEL(eb_f32_spmm_minmax_ukernel_16x4__neon, 4, 4, 1)
static EB_SPMV_1_UKERNEL(eb_f32_spmv_minmax_ukernel_1x1__neon,
                         8) static EB_SPMV_4_UKERNEL(eb_f32_spmv_minmax_ukernel_1x4__neon, 4)
    EB_MASKED_TILE(masked_1, 1, 4, 4, 2) EB_MASKED_TILE(masked_2, 2, 4, 4, 1) EB_MASKED_TILE(masked_3, 3, 4, 4, 1)
        EB_MASKED_TILE(masked_4, 4, 4, 4, 1) static const eb_f32_masked_tile masked_tiles[] = {masked_1, masked_2,
                                                                                               masked_3, masked_4};
EB_MASKED_UKERNEL(eb_f32_masked_gemm_minmax_ukernel_4x16__neon, masked_tiles)
EB_TRANSPOSE_UKERNEL(eb_f32_transpose_ukernel_4x4__neon, 4)

const eb_f32_sparse_kernels eb_f32_sparse_kernels_neon = {
    .pixels = 16,
    .spmm_1 = eb_f32_spmm_minmax_ukernel_16x1__neon,
    .spmm_4 = eb_f32_spmm_minmax_ukernel_16x4__neon,
    .spmv_1 = eb_f32_spmv_minmax_ukernel_1x1__neon,
    .spmv_4 = eb_f32_spmv_minmax_ukernel_1x4__neon,
    .transpose = eb_f32_transpose_ukernel_4x4__neon,
    .max_rows = 4,
    .masked = eb_f32_masked_gemm_minmax_ukernel_4x16__neon,
};

#endif
