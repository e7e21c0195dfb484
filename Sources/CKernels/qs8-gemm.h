// The int8 matrix product that convolutions and fully connected layers share.
//
// Each output pixel (row) sums over `outer` x `inner` segments of its input, `segment_groups` groups of 4 bytes
// each (8 with I8MM); a segment's tail beyond its channels meets zero weights. Weights come in blocks of 16 output
// channels: [block][group of 4 along k][16 channels][4], or 8 for 4.
#ifndef EB_QS8_GEMM_H
#define EB_QS8_GEMM_H

#include "qd8-quantize.h"
#include "qs8-internal.h"

#define EB_QS8_NR 16u  // output channels in a block
#define EB_QS8_KR 4u   // consecutive k in a group, but see eb_qs8_group_bytes

typedef struct {
  const int8_t *weights;
  size_t block_bytes;  // between blocks of weights
  // [blocks * 16]. qs8: bias less zero_point * sum of weights. qd8: sum of weights.
  const int32_t *bias;
  const float *scales;
  size_t outer, inner, segment_groups;
  size_t outer_stride, inner_stride;  // bytes
  size_t channels;                    // output channels; the last block may be partial
  size_t out_stride;                  // elements between rows of the output
  eb_qs8_output output;               // qs8
  // qd8
  const float *real_bias;      // [blocks * 16]
  const eb_qd8_range *ranges;  // a row's is ranges[row * range_step]
  size_t range_step;           // 0 or 1
  float min, max;
} eb_qs8_gemm;

// Leaves the blocks [first, end) of output channels; the output is to start at the first one's.
static inline void eb_qs8_gemm_take_blocks(eb_qs8_gemm *gemm, uint64_t first, uint64_t end) {
  const uint64_t channel = first * EB_QS8_NR;
  gemm->weights += first * gemm->block_bytes;
  gemm->bias += channel;
  gemm->scales += channel;
  if (gemm->real_bias != NULL) gemm->real_bias += channel;
  gemm->channels = eb_min_u64(gemm->channels - channel, (end - first) * EB_QS8_NR);
}

// Computes `rows` rows of all channels; rows[i] points to the first byte of row i's first segment.
typedef void eb_qs8_gemm_kernel(const eb_qs8_gemm *gemm, const int8_t *const *rows, size_t row_count, int8_t *out);
typedef void eb_qd8_gemm_kernel(const eb_qs8_gemm *gemm, const int8_t *const *rows, size_t row_count, float *out);

eb_qs8_gemm_kernel eb_qs8_gemm__scalar, eb_qs8_gemm__avx2, eb_qs8_gemm__avx512, eb_qs8_gemm__avx512vnni;
eb_qd8_gemm_kernel eb_qd8_gemm__scalar, eb_qd8_gemm__avx2, eb_qd8_gemm__avx512, eb_qd8_gemm__avx512vnni;

eb_qs8_gemm_kernel eb_qs8_gemm__neon, eb_qs8_gemm__neondot, eb_qs8_gemm__neoni8mm;
eb_qd8_gemm_kernel eb_qd8_gemm__neon, eb_qd8_gemm__neondot, eb_qd8_gemm__neoni8mm;

eb_qs8_gemm_kernel eb_qs8_gemm__armv7neon;
eb_qd8_gemm_kernel eb_qd8_gemm__armv7neon;

// NULL where this build has none: weights can be packed for any instruction set, but run only on their own.
eb_qs8_gemm_kernel *eb_qs8_gemm_kernel_for(eb_qs8_isa isa);
eb_qd8_gemm_kernel *eb_qd8_gemm_kernel_for(eb_qs8_isa isa);

// Consecutive k in a group of packed weights: what one instruction sums over.
static inline uint64_t eb_qs8_group_bytes(eb_qs8_isa isa) { return isa == EB_QS8_NEON_I8MM ? 8 : EB_QS8_KR; }

// What inputs come to the kernel with added: 128 where the processor multiplies unsigned inputs.
static inline int32_t eb_qs8_input_offset(eb_qs8_isa isa) { return isa == EB_QS8_AVX512VNNI ? 128 : 0; }

// real = clamp(acc * (range.scale * scale) + bias, min, max), each step rounded.
static inline float eb_qd8_dequantize(int32_t accumulator, float scale, float bias, float min, float max) {
#pragma STDC FP_CONTRACT OFF
  const float product = (float)accumulator * scale;
  float real = product + bias;
  real = real > min ? real : min;
  return real < max ? real : max;
}

#endif
