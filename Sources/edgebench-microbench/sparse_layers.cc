// Layers with sparse and with blockwise quantized weights. "gemv-4096x4096" is a layer of a language model, whose
// weights come from memory.
#include "sparse_layers.h"

#include <random>

namespace {

template <typename Params>
Params params_of(const LayerShape &shape, enum eb_isa isa) {
  Params params = {};
  params.rows = shape.rows;
  params.out_channels = shape.out_channels;
  params.in_channels = shape.in_channels;
  params.isa = isa;
  params.min = 0;
  params.max = 6;
  return params;
}

size_t weight_count(const LayerShape &shape) { return static_cast<size_t>(shape.out_channels) * shape.in_channels; }

// Input, packed weights and output of a layer.
void *add_operands(Workload &workload, const LayerShape &shape, const eb_requirements &needs) {
  workload.add_f32(static_cast<size_t>(shape.rows) * shape.in_channels);
  void *packed = workload.add_bytes(needs.packed_bytes);
  workload.add_bytes(static_cast<size_t>(shape.rows) * shape.out_channels * sizeof(float));
  return packed;
}

Workload block_weight_layer(uint32_t op, const LayerShape &shape, enum eb_isa isa) {
  auto params = params_of<eb_block_weights_params>(shape, isa);
  params.block = 32;
  params.half_scales = 1;
  const std::vector<float> scales(weight_count(shape) / params.block, 0.0625f), bias(shape.out_channels, 0.1f);
  std::vector<int8_t> steps(weight_count(shape));
  for (size_t i = 0; i < steps.size(); i++) steps[i] = static_cast<int8_t>(i * 7 % 16) - 8;
  Workload workload(op, params);
  void *packed = add_operands(workload, shape, eb_block_weights_requirements(op, &params));
  eb_block_weights_pack(op, &params, steps.data(), scales.data(), bias.data(), packed);
  workload.set_operations(2.0 * shape.rows * static_cast<double>(weight_count(shape)));
  return workload;
}

const LayerShape shapes[] = {
    {"mobilenet-784x256x256", 784, 256, 256},   {"mobilenet-49x1024x1024", 49, 1024, 1024},
    {"transformer-128x768x768", 128, 768, 768}, {"resnet18-1x1000x512", 1, 1000, 512},
    {"gemv-4096x4096", 1, 4096, 4096},
};

}  // namespace

std::vector<float> pruned_weights(const LayerShape &shape, double density, uint32_t block) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-1, 1), chance(0, 1);
  std::vector<float> weights(weight_count(shape));
  for (size_t n = 0; n < shape.out_channels; n += block) {
    for (size_t k = 0; k < shape.in_channels; k++) {
      if (chance(random) >= static_cast<float>(density)) continue;
      for (size_t i = n; i < n + block && i < shape.out_channels; i++) {
        weights[i * shape.in_channels + k] = value(random);
      }
    }
  }
  return weights;
}

Workload dense_layer(const LayerShape &shape, enum eb_isa isa) {
  auto params = params_of<eb_fully_connected_params>(shape, isa);
  const eb_requirements needs = eb_fully_connected_requirements(EB_OP_FULLY_CONNECTED_F32, &params);
  params.algorithm = needs.algorithm;
  const std::vector<float> bias(shape.out_channels, 0.1f);
  Workload workload(EB_OP_FULLY_CONNECTED_F32, params);
  void *packed = add_operands(workload, shape, needs);
  eb_fully_connected_pack_f32(EB_OP_FULLY_CONNECTED_F32, &params, pruned_weights(shape, 1, 1).data(), bias.data(),
                              packed);
  return workload;
}

Workload sparse_layer(const LayerShape &shape, const SparseKernel &kernel, double density, enum eb_isa isa) {
  auto params = params_of<eb_sparse_params>(shape, isa);
  params.algorithm = kernel.algorithm;
  params.block = kernel.block;
  const std::vector<float> weights = pruned_weights(shape, density, std::max(1u, kernel.block));
  const std::vector<float> bias(shape.out_channels, 0.1f);
  eb_sparse_count(&params, weights.data());
  const eb_requirements needs = eb_sparse_requirements(&params);
  Workload workload(EB_OP_FULLY_CONNECTED_F32_SPARSE, params);
  void *packed = add_operands(workload, shape, needs);
  eb_sparse_pack(&params, weights.data(), bias.data(), packed);
  workload.add_scratch(needs.scratch_bytes);
  workload.add_scratch(needs.workspace_bytes);
  workload.set_operations(2.0 * shape.rows * static_cast<double>(weight_count(shape)) * eb_sparse_density(&params));
  return workload;
}

double claimed_break_even(const LayerShape &shape, const SparseKernel &kernel, enum eb_isa isa) {
  auto params = params_of<eb_sparse_params>(shape, isa);
  params.algorithm = kernel.algorithm;
  params.block = kernel.block;
  return eb_sparse_break_even(&params);
}

void add_sparse_layers(Suite &suite) {
  for (const LayerShape &shape : shapes) {
    const bool is_one_row = shape.rows == 1;
    const SparseKernel kernels[] = {{"", is_one_row ? EB_SPARSE_ROWS : EB_SPARSE_PIXELS, 1},
                                    {"", is_one_row ? EB_SPARSE_ROWS : EB_SPARSE_PIXELS, 4}};
    for (const SparseKernel &kernel : kernels) {
      const std::string name = std::string(shape.name) + (kernel.block == 1 ? "-20%" : "-50%-blocks");
      const double density = kernel.block == 1 ? 0.2 : 0.5;
      suite.push_back({EB_OP_FULLY_CONNECTED_F32_SPARSE, name, Arithmetic::f32, true,
                       [=](enum eb_isa isa) { return sparse_layer(shape, kernel, density, isa); }});
    }
    for (uint32_t op : {EB_OP_FULLY_CONNECTED_F32_QB4W, EB_OP_FULLY_CONNECTED_F32_QB8W}) {
      suite.push_back(
          {op, shape.name, Arithmetic::f32, true, [=](enum eb_isa isa) { return block_weight_layer(op, shape, isa); }});
    }
  }
  suite.push_back(
      {EB_OP_FULLY_CONNECTED_F32_SPARSE, "gemv-4096x4096-50%-masked", Arithmetic::f32, true, [=](enum eb_isa isa) {
         return sparse_layer({"", 1, 4096, 4096}, {"", EB_SPARSE_MASKED, 0}, 0.5, isa);
       }});
}
