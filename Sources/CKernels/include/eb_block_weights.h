// Fully connected layers, and 1x1 convolutions as such, whose weights are 4- or 8-bit steps with a scale for each short
// run of an output channel. Activations and sums are f32; weights are widened in registers. XNNPACK calls such weights
// qb4w.
//
// Packed weights do not depend on the instruction set.
#ifndef EB_BLOCK_WEIGHTS_H
#define EB_BLOCK_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// out[m, n] = clamp(sum over k of in[m, k] * scales[n, k / block] * steps[n, k] + bias[n])
typedef struct {
  uint32_t rows, out_channels, in_channels;  // m, n, k
  uint32_t isa;
  uint32_t block;        // weights that share a scale: a multiple of 8 (4-bit) or 4 (8-bit) that divides k
  uint32_t half_scales;  // 1: scales are stored as f16
  float min, max;
} eb_block_weights_params;

// `steps`: [out_channels, in_channels], -8 ... 7 for the 4-bit operator. `scales`: [out_channels, in_channels / block],
// halves exactly where the parameters say so. `bias`: [out_channels] or NULL.
void eb_block_weights_pack(uint32_t op, const eb_block_weights_params *params, const int8_t *steps, const float *scales,
                           const float *bias, void *packed);

#ifdef __cplusplus
}
#endif

#endif
