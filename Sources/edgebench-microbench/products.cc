// Fully connected layers and products of two activations. "gemv-4096x4096" is a layer of a language model: its f32
// weights, 64 MiB, come from memory.
#include "weights.h"

namespace {

struct Layer {
  const char *name;
  uint32_t rows, out_channels, in_channels;
};

const Layer layers[] = {
    {"gemm-512x512x512", 512, 512, 512},   {"transformer-128x768x768", 128, 768, 768},
    {"resnet18-1x1000x512", 1, 1000, 512}, {"keyword-1x12x64", 1, 12, 64},
    {"gemv-4096x4096", 1, 4096, 4096},
};

Workload make_layer(uint32_t op, const Layer &layer, WeightType type, enum eb_isa isa) {
  eb_fully_connected_params params = {};
  params.rows = layer.rows;
  params.out_channels = layer.out_channels;
  params.in_channels = layer.in_channels;
  params.isa = isa;
  set_clamp(params);
  const eb_requirements needs = eb_fully_connected_requirements(op, &params);
  params.algorithm = needs.algorithm;
  const size_t ins = static_cast<size_t>(layer.rows) * layer.in_channels;
  const size_t outs = static_cast<size_t>(layer.rows) * layer.out_channels;
  const size_t weight_count = static_cast<size_t>(layer.out_channels) * layer.in_channels;

  Workload workload(op, params);
  type == qs8_qc8w ? static_cast<void>(workload.add_i8(ins)) : static_cast<void>(workload.add_f32(ins));
  void *packed = workload.add_bytes(needs.packed_bytes);
  workload.add_bytes(type == qs8_qc8w ? outs : outs * sizeof(float));
  workload.add_scratch(needs.scratch_bytes);
  workload.add_scratch(needs.workspace_bytes);

  const Weights weights(weight_count, layer.out_channels);
  if (type == qs8_qc8w) {
    eb_fully_connected_pack_qs8(&params, weights.steps.data(), weights.step_bias.data(), weights.scales.data(), packed);
  } else if (type == qd8_f32_qc8w) {
    eb_fully_connected_pack_qd8(&params, weights.steps.data(), weights.bias.data(), weights.scales.data(), packed);
  } else {
    eb_fully_connected_pack_f32(op, &params, weights.real.data(), weights.bias.data(), packed);
  }
  workload.set_operations(2.0 * layer.rows * static_cast<double>(weight_count));
  return workload;
}

struct Product {
  const char *name;
  uint32_t batch, m, n, k, transpose_b;
};

const Product products[] = {
    {"gemm-512x512x512", 1, 512, 512, 512, 0},
    {"attention-scores-12x128x128x64", 12, 128, 128, 64, 1},
    {"attention-values-12x128x64x128", 12, 128, 64, 128, 0},
};

Workload make_product(const Product &product, enum eb_isa isa) {
  eb_matmul_params params = {};
  params.batch = product.batch;
  params.m = product.m;
  params.n = product.n;
  params.k = product.k;
  params.transpose_b = product.transpose_b;
  params.a_batch_stride = static_cast<uint64_t>(product.m) * product.k;
  params.b_batch_stride = static_cast<uint64_t>(product.k) * product.n;
  params.scale = 0.125f;
  params.min = -1e9f;
  params.max = 1e9f;
  params.isa = isa;
  const eb_requirements needs = eb_matmul_requirements(&params);
  Workload workload(EB_OP_MATMUL_F32, params);
  workload.add_f32(product.batch * params.a_batch_stride);
  workload.add_f32(product.batch * params.b_batch_stride);
  workload.add_bytes(static_cast<size_t>(product.batch) * product.m * product.n * sizeof(float));
  workload.add_scratch(needs.scratch_bytes);
  workload.set_operations(2.0 * product.batch * product.m * product.n * product.k);
  return workload;
}

}  // namespace

void add_products(Suite &suite) {
  for (WeightType type : {f32, f32_f16w, qs8_qc8w, qd8_f32_qc8w}) {
    for (const Layer &layer : layers) {
      const uint32_t op = EB_OP_FULLY_CONNECTED_F32 + type;
      suite.push_back({op, layer.name, arithmetic_of(type), true,
                       [=](enum eb_isa isa) { return make_layer(op, layer, type, isa); }});
    }
  }
  for (const Product &product : products) {
    suite.push_back({EB_OP_MATMUL_F32, product.name, Arithmetic::f32, true,
                     [=](enum eb_isa isa) { return make_product(product, isa); }});
  }
}
