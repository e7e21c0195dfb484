// Blockwise quantized weights: how they are packed, and the microkernels.
#ifndef EB_F32_QBW_H
#define EB_F32_QBW_H

#include "eb_block_weights.h"
#include "eb_pack.h"

// Output channels of a panel, on any instruction set.
enum { EB_QBW_CHANNELS = 16 };

// c[m, n] = clamp(bias[n] + sum over k of a[m, k] * w[n, k]), 1 <= rows <= max_rows, for 16 channels of which `columns`
// are written.
//
// `w` is a panel: [bias 16 f32], then for each block [scales 16 f16 or f32][words][16 channels] u32. A word holds 8
// steps of 4 bits, or 4 of 8, of one channel, the first in the lowest bits.
typedef void (*eb_f32_qbw_ukernel)(size_t rows, size_t columns, size_t blocks, size_t words, bool half,
                                   const uint8_t *w, const float *a, size_t a_stride, float *c, size_t c_stride,
                                   float min, float max);

typedef struct {
  size_t max_rows;
  eb_f32_qbw_ukernel qb4w, qb8w;
} eb_f32_qbw_kernels;

// NULL for an instruction set that this processor or this build does not have.
const eb_f32_qbw_kernels *eb_f32_qbw_kernels_for(uint32_t isa);

extern const eb_f32_qbw_kernels eb_f32_qbw_kernels_scalar;
#if defined(__x86_64__)
extern const eb_f32_qbw_kernels eb_f32_qbw_kernels_avx2;
extern const eb_f32_qbw_kernels eb_f32_qbw_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const eb_f32_qbw_kernels eb_f32_qbw_kernels_neon;
#endif
#if defined(__arm__)
extern const eb_f32_qbw_kernels eb_f32_qbw_kernels_armv7neon;
#endif

// eb_pack.h
bool eb_block_weights_requirements_of(uint32_t op, const eb_block_weights_params *params, eb_requirements *result);

#endif
