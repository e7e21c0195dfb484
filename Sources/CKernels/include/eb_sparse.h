// Fully connected layers, and 1x1 convolutions as such, whose weights are mostly zero.
//
// Packed weights do not depend on the instruction set. Products with a weight of zero are left out: an input that is
// infinite or not a number does not reach an output through one.
#ifndef EB_SPARSE_H
#define EB_SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum eb_sparse_algorithm {
  // Vectors run over the rows: a weight that is not zero costs one multiplication a vector, a zero nothing.
  EB_SPARSE_PIXELS = 1,
  // Vectors run over output channels: zeros cost no memory, but the arithmetic of the dense product.
  EB_SPARSE_MASKED = 2,
  // One row at a time: a weight that is not zero costs one multiplication, or a block of four does.
  EB_SPARSE_ROWS = 3,
};

// out[m, n] = clamp(sum over k of in[m, k] * weights[n, k] + bias[n])
typedef struct {
  uint32_t rows, out_channels, in_channels;  // m, n, k
  uint32_t isa, algorithm;
  uint32_t block;    // pixels, rows: output channels that share the places of their weights, 1 or 4
  uint64_t entries;  // blocks (pixels, rows) or weights (masked) that are stored
  float min, max;
} eb_sparse_params;

// Sets algorithm, block and entries for `weights`, [out_channels, in_channels]: of the kernels for the parameters'
// instruction set, the one that gains most. False where there is none.
bool eb_sparse_choose(eb_sparse_params *params, const float *weights);
// As eb_sparse_choose, for the algorithm and block that the parameters name.
bool eb_sparse_count(eb_sparse_params *params, const float *weights);
// `bias`: [out_channels] or NULL; `packed`: as many bytes as the requirements of eb_pack.h say.
void eb_sparse_pack(const eb_sparse_params *params, const float *weights, const float *bias, void *packed);

// How many of `count` weights are zero.
size_t eb_sparse_zeros(size_t count, const float *weights);
// The share of weights that are stored: those of blocks that hold another than zero.
double eb_sparse_density(const eb_sparse_params *params);
// The density below which the parameters' kernel is faster than the dense product of the same shape, as measured
// (docs/performance.md); 0 where it never is, or where nobody has measured.
double eb_sparse_break_even(const eb_sparse_params *params);

#ifdef __cplusplus
}
#endif

#endif
