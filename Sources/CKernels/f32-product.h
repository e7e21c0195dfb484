// A rectangle of output pixels times packed weights: panels and tiles for the GEMM microkernels.
#ifndef EB_F32_PRODUCT_H
#define EB_F32_PRODUCT_H

#include <stdbool.h>

#include "eb_threads.h"
#include "f32-kernels.h"
#include "f32-layout.h"

// Pixel (l, p) reads a + l * a_line + p * a_pixel + taps and writes `columns` floats at c + l * c_line +
// p * c_pixel. Strides are in floats.
typedef struct {
  size_t lines, pixels;
  const float *a;
  ptrdiff_t a_line, a_pixel;
  float *c;
  ptrdiff_t c_line, c_pixel;
  eb_f32_taps taps;
  const void *packed;  // eb_f32_pack_gemm of `depth` x `columns`
  size_t depth, columns;
  size_t w_first;  // the step of k that the taps start at
  bool half;
  float min, max;
} eb_f32_product;

// A part of a product: whole tiles or whole panels, so that all parts together are bit for bit the whole. A tile's
// height decides in which order it sums, so tiles are not cut.
typedef struct {
  uint32_t index, count;
  bool is_by_columns;
} eb_f32_share;

// The steps [first, end) of `of` that a product is cut into: along its lines, along its pixels where it has one line,
// or along its panels. What is next to each other stays together, so that a thread finds in its own cache what it wrote
// in the operator before.
typedef struct {
  uint64_t first, end, of;
  bool is_by_columns;
} eb_f32_part;

static const eb_f32_part eb_f32_whole = {0, 1, 1, false};

static inline eb_f32_part eb_f32_part_of(eb_f32_share share) {
  return (eb_f32_part){share.index, (uint64_t)share.index + 1, share.count, share.is_by_columns};
}

void eb_f32_multiply(const eb_f32_kernels *kernels, const eb_f32_layout *layout, const eb_f32_product *product,
                     eb_f32_part part);

// Runs the product's shares on the context's threads.
void eb_f32_multiply_shared(const eb_context *context, const eb_f32_kernels *kernels, const eb_f32_layout *layout,
                            const eb_f32_product *product);

// Shares of a product of `pixels` x `columns` x `depth` in all. By columns where the weights are the larger operand:
// then each thread reads its part of them only.
eb_f32_share eb_f32_share_out(const eb_context *context, const eb_f32_layout *layout, uint64_t pixels, uint64_t depth,
                              uint64_t columns);

#endif
