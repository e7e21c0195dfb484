// A convolution of any data type with its tensors.
#ifndef CONVOLUTION_H
#define CONVOLUTION_H

#include "check.h"

typedef struct {
  enum eb_op op;
  eb_conv2d_params params;
  const void *input, *weights, *bias;
  const float *scales;  // int8
  size_t input_count, weight_count, output_count, element_bytes;
} convolution;

enum shape_kind { SHAPE_REGULAR, SHAPE_DEPTHWISE, SHAPE_TRANSPOSED };

// Number `index` of a kind's shapes: first every count of channels up to twice a tile, then random geometries.
enum { shape_count = 160 };
eb_conv2d_params shape(enum shape_kind kind, unsigned index);

// The size of everything; tensors are the caller's.
convolution convolution_of(enum eb_op op, const eb_conv2d_params *params);

// The output with weights packed for `isa`, in guarded memory. `algorithm` 0: what the packer chooses for it.
const void *convolution_run(convolution *c, enum eb_isa isa, uint32_t algorithm);

const char *convolution_text(const convolution *c);

#endif
