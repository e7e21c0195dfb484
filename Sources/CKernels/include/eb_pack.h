// Weights are packed when a plan is made, for the instruction set that it will run on, which need not be this
// processor's. Sizes come first, so that the caller owns all memory.
#ifndef EB_PACK_H
#define EB_PACK_H

#include <stdbool.h>

#include "eb_block_weights.h"
#include "eb_operators.h"
#include "eb_sparse.h"

#ifdef __cplusplus
extern "C" {
#endif

// What an operator needs besides its tensors, for given parameters.
typedef struct {
  uint32_t algorithm;      // to be stored in the parameters
  size_t packed_bytes;     // constant, in the plan
  size_t scratch_bytes;    // in the arena, only while the operator runs
  size_t workspace_bytes;  // in the state memory, filled by `prepare`
} eb_requirements;

// A value of `algorithm` that the parameters may ask for: f16 arithmetic, of f16 weights, at a cost in accuracy that is
// the caller's to take (f32-gemm-neonfp16.c). Granted where the instruction set has it and it is faster.
#define EB_ALGORITHM_F16 4u
// Whether products in f16 arithmetic exist for an instruction set.
bool eb_has_f16_arithmetic(uint32_t isa);
// Whether a convolution in f32 is slower than one in f16 arithmetic: not where it is depthwise, which loads more than
// it multiplies, or runs in Winograd's form.
bool eb_conv2d_gains_by_f16(const eb_conv2d_params *params);

// Chooses the algorithm for `params->isa`. `op` is one of the CONV2D, DWCONV2D and DECONV2D operators.
eb_requirements eb_conv2d_requirements(uint32_t op, const eb_conv2d_params *params);
eb_requirements eb_fully_connected_requirements(uint32_t op, const eb_fully_connected_params *params);
eb_requirements eb_matmul_requirements(const eb_matmul_params *params);
// Of parameters that eb_sparse_choose or eb_sparse_count has completed.
eb_requirements eb_sparse_requirements(const eb_sparse_params *params);
eb_requirements eb_block_weights_requirements(uint32_t op, const eb_block_weights_params *params);

// `weights`: OHWI (depthwise: HWC with C = out_channels; transposed: OHWI), f32 for the f32 and f16w operators.
// `bias`: [out_channels] or NULL.
void eb_conv2d_pack_f32(uint32_t op, const eb_conv2d_params *params, const float *weights, const float *bias,
                        void *packed);
// `scales`: [out_channels], in_scale * weight_scale[c] / out_scale for qs8, weight_scale[c] for qd8.
// `bias`: qs8: int32 in steps of in_scale * weight_scale[c]; qd8: f32. The input's zero point is folded in.
void eb_conv2d_pack_qs8(uint32_t op, const eb_conv2d_params *params, const int8_t *weights, const int32_t *bias,
                        const float *scales, void *packed);
void eb_conv2d_pack_qd8(uint32_t op, const eb_conv2d_params *params, const int8_t *weights, const float *bias,
                        const float *scales, void *packed);

// `weights`: [out_channels, in_channels].
void eb_fully_connected_pack_f32(uint32_t op, const eb_fully_connected_params *params, const float *weights,
                                 const float *bias, void *packed);
void eb_fully_connected_pack_qs8(const eb_fully_connected_params *params, const int8_t *weights, const int32_t *bias,
                                 const float *scales, void *packed);
void eb_fully_connected_pack_qd8(const eb_fully_connected_params *params, const int8_t *weights, const float *bias,
                                 const float *scales, void *packed);

#ifdef __cplusplus
}
#endif

#endif
