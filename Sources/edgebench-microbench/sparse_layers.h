// Fully connected layers, dense and with sparse weights.
#ifndef EDGEBENCH_MICROBENCH_SPARSE_LAYERS_H
#define EDGEBENCH_MICROBENCH_SPARSE_LAYERS_H

#include "workload.h"

struct LayerShape {
  const char *name;
  uint32_t rows, out_channels, in_channels;
};

// A kernel of sparse weights; `block` is 0 for masked ones.
struct SparseKernel {
  const char *name;
  uint32_t algorithm, block;
};

// Random weights of which a share of `density` is not zero; zeros come in runs of `block` output channels.
std::vector<float> pruned_weights(const LayerShape &shape, double density, uint32_t block);

Workload dense_layer(const LayerShape &shape, enum eb_isa isa);
Workload sparse_layer(const LayerShape &shape, const SparseKernel &kernel, double density, enum eb_isa isa);

// The density below which the kernels' table says that the kernel pays; 0 where it says that it does not.
double claimed_break_even(const LayerShape &shape, const SparseKernel &kernel, enum eb_isa isa);

#endif
