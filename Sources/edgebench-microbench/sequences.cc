// Recurrent layers and attention: a keyword spotter's LSTM and GRU, a transformer's heads, and one step of a language
// model over the keys that it has kept.
#include "weights.h"

namespace {

Workload make_recurrent(uint32_t kind, uint32_t steps, uint32_t inputs, uint32_t hidden, enum eb_isa isa) {
  eb_recurrent_params params = {};
  params.kind = kind;
  params.isa = isa;
  params.steps = steps;
  params.batch = 1;
  params.inputs = inputs;
  params.hidden = hidden;
  params.directions = 1;
  params.resets_after = 1;
  params.clip = __builtin_inff();
  for (auto &direction : params.functions) {
    direction[0].kind = EB_RECURRENT_SIGMOID;  // the others are tanh
  }
  const eb_recurrent_requirements sizes = eb_recurrent_sizes(&params);
  const uint32_t gates = kind == EB_RECURRENCE_LSTM ? 4 : 3;
  Workload workload(EB_OP_RECURRENT_F32, params);
  workload.add_f32(static_cast<size_t>(steps) * inputs);
  workload.add_f32(sizes.input_bytes / sizeof(float));
  workload.add_f32(sizes.recurrent_bytes / sizeof(float));
  workload.add_bytes((static_cast<size_t>(steps) + 2) * hidden * sizeof(float));
  workload.add_scratch(sizes.scratch_bytes);
  workload.set_operations(2.0 * steps * gates * hidden * (static_cast<double>(inputs) + hidden));
  return workload;
}

struct Heads {
  const char *name;
  uint32_t heads, kv_heads, queries, keys, depth;
  bool is_causal;
};

const Heads attentions[] = {
    {"keyword-transformer-1x99x64", 1, 1, 99, 99, 64, false},
    {"bert-12x128x64", 12, 12, 128, 128, 64, false},
    {"language-model-step-32-of-8x1024x64", 32, 8, 1, 1024, 64, true},
};

Workload make_attention(const Heads &shape, enum eb_isa isa) {
  eb_attention_params params = {};
  params.batch = 1;
  params.heads = shape.heads;
  params.kv_heads = shape.kv_heads;
  params.queries = shape.queries;
  params.keys = shape.keys;
  params.depth = params.value_depth = shape.depth;
  params.isa = isa;
  const auto strides = [&](uint32_t heads, uint32_t rows) {
    return eb_attention_strides{uint64_t{heads} * rows * shape.depth, uint64_t{rows} * shape.depth, shape.depth};
  };
  params.q = params.out = strides(shape.heads, shape.queries);
  params.k = params.v = strides(shape.kv_heads, shape.keys);
  params.is_causal = shape.is_causal;
  params.left = params.right = -1;
  params.offset = shape.keys - shape.queries;
  params.scale = 0.125f;
  Workload workload(EB_OP_ATTENTION_F32, params);
  workload.add_f32(params.q.batch);
  workload.add_f32(params.k.batch);
  workload.add_f32(params.v.batch);
  workload.add_bytes(params.out.batch * sizeof(float));
  workload.add_scratch(eb_attention_scratch_bytes(&params));
  workload.set_operations(4.0 * shape.heads * shape.queries * shape.keys * shape.depth);
  return workload;
}

// Weights that a network computes, packed as it runs.
Workload make_packing(uint32_t columns, uint32_t depth, enum eb_isa isa) {
  eb_pack_gemm_params params = {};
  params.matrices = 1;
  params.columns = columns;
  params.depth = depth;
  params.isa = isa;
  Workload workload(EB_OP_PACK_GEMM_F32, params);
  workload.add_f32(static_cast<size_t>(columns) * depth);
  workload.add_bytes(eb_pack_gemm_bytes(isa, columns, depth));
  return workload;
}

}  // namespace

void add_sequences(Suite &suite) {
  for (const auto &[kind, name] : {std::pair{EB_RECURRENCE_LSTM, "lstm"}, std::pair{EB_RECURRENCE_GRU, "gru"}}) {
    const uint32_t layer = kind;
    suite.push_back({EB_OP_RECURRENT_F32, std::string(name) + "-keyword-98x40x128", Arithmetic::f32, true,
                     [=](enum eb_isa isa) { return make_recurrent(layer, 98, 40, 128, isa); }});
  }
  for (const Heads &shape : attentions) {
    suite.push_back({EB_OP_ATTENTION_F32, shape.name, Arithmetic::f32, true,
                     [=](enum eb_isa isa) { return make_attention(shape, isa); }});
  }
  suite.push_back({EB_OP_PACK_GEMM_F32, "transformer-768x768", Arithmetic::none, true,
                   [](enum eb_isa isa) { return make_packing(768, 768, isa); }});
}
