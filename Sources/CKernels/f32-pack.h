// Packs weights into the panels of f32-kernels.h, for any instruction set on any machine.
#ifndef EB_F32_PACK_H
#define EB_F32_PACK_H

#include <stdbool.h>

#include "f32-layout.h"

// Weight (n, y, x, c) is at base[n * n_stride + y * y_stride + x * x_stride + c * c_stride]; k counts (y, x, c).
typedef struct {
  const float *base;
  size_t columns, height, width, channels;
  ptrdiff_t n_stride, y_stride, x_stride, c_stride;
} eb_f32_weights;

// Writes eb_f32_padded_columns * eb_f32_column_bytes bytes. `bias` is [columns] or NULL; `scale` multiplies
// the weights.
void eb_f32_pack_gemm(const eb_f32_layout *layout, bool half, const eb_f32_weights *weights, const float *bias,
                      float scale, void *packed);

// Blocks of `block` channels, each [bias: block f32][tap][block]; the last one overlaps the one before it.
// Writes ceil(weights->columns / block) * block * eb_f32_column_bytes(height * width) bytes.
void eb_f32_pack_dwconv(size_t block, bool half, const eb_f32_weights *weights, const float *bias, void *packed);

#endif
