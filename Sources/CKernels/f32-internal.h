// The f32 family's side of eb_pack.h: pack.c calls these for the f32 and f16w operators.
#ifndef EB_F32_INTERNAL_H
#define EB_F32_INTERNAL_H

#include <stdbool.h>

#include "eb_pack.h"
#include "f32-layout.h"

// Values of `algorithm` of the f32 operators; stored in plans.
enum eb_f32_algorithm {
  EB_F32_GEMM = 1,                     // implicit GEMM
  EB_F32_DWCONV = 2,                   // depthwise, multiplier 1
  EB_F32_WINOGRAD = 3,                 // F(2x2, 3x3)
  EB_F32_GEMM_F16 = EB_ALGORITHM_F16,  // implicit GEMM of f16 weights in f16 arithmetic
};

// Of a product; NULL where the instruction set has none.
static inline const eb_f32_layout *eb_f32_layout_of(uint32_t isa, uint32_t algorithm) {
  return algorithm == EB_F32_GEMM_F16 ? eb_f32_layout_for_f16(isa) : eb_f32_layout_for(isa);
}
static inline const eb_f32_kernels *eb_f32_kernels_of(uint32_t isa, uint32_t algorithm) {
  return algorithm == EB_F32_GEMM_F16 ? eb_f32_kernels_for_f16(isa) : eb_f32_kernels_for(isa);
}

// False where the parameters make no sense or the instruction set has no f32 kernels.
bool eb_f32_conv2d_requirements(bool half, const eb_conv2d_params *params, eb_requirements *result);
bool eb_f32_deconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result);
bool eb_f32_fully_connected_requirements(bool half, const eb_fully_connected_params *params, eb_requirements *result);

// `depthwise`: the weights are HWC, else OHWI.
void eb_f32_conv2d_pack(bool half, bool depthwise, const eb_conv2d_params *params, const float *weights,
                        const float *bias, void *packed);
void eb_f32_deconv2d_pack(const eb_conv2d_params *params, const float *weights, const float *bias, void *packed);
void eb_f32_fully_connected_pack(bool half, const eb_fully_connected_params *params, const float *weights,
                                 const float *bias, void *packed);

#endif
