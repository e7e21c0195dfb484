// Reductions, softmax and normalisations: at classifiers' outputs, attention scores and feature maps.
#include "workload.h"

namespace {

// The mean over the pixels of a feature map, or the reduction of each row of scores.
struct Reduction {
  uint32_t op, kind;
  const char *name;
  uint64_t outer, inner;
  uint32_t axes;
  bool has_isa_kernels;
};

const Reduction reductions[] = {
    {EB_OP_REDUCE_F32, EB_REDUCE_MEAN, "mean-resnet18-7x7x512", 49, 512, 1, true},
    {EB_OP_REDUCE_F32, EB_REDUCE_SUM, "sum-rows-1536x128", 1536, 128, 2, true},
    {EB_OP_REDUCE_F32, EB_REDUCE_MAXIMUM, "maximum-rows-1536x128", 1536, 128, 2, true},
    {EB_OP_REDUCE_I32, EB_REDUCE_SUM, "sum-rows-1536x128", 1536, 128, 2, false},
    {EB_OP_REDUCE_MEAN_QS8, EB_REDUCE_MEAN, "resnet18-7x7x512", 49, 512, 1, true},
    {EB_OP_ARG_REDUCE_F32, EB_REDUCE_ARG_MAX, "maximum-segmentation-16384x21", 16384, 21, 2, false},
    {EB_OP_ARG_REDUCE_QS8, EB_REDUCE_ARG_MAX, "maximum-segmentation-16384x21", 16384, 21, 2, false},
};

Workload make_reduction(const Reduction &reduction) {
  eb_reduce_params params = {};
  params.kind = reduction.kind;
  params.rank = 2;
  params.shape[0] = reduction.outer;
  params.shape[1] = reduction.inner;
  params.axes = reduction.axes;
  params.scale = 1;
  const bool is_int8 = reduction.op == EB_OP_REDUCE_MEAN_QS8 || reduction.op == EB_OP_ARG_REDUCE_QS8;
  const size_t ins = reduction.outer * reduction.inner;
  const size_t outs = reduction.axes == 1 ? reduction.inner : reduction.outer;
  Workload workload(reduction.op, params);
  if (is_int8) {
    workload.add_i8(ins);
  } else if (reduction.op == EB_OP_REDUCE_I32) {
    workload.add_i32(ins);
  } else {
    workload.add_f32(ins);
  }
  workload.add_bytes(reduction.op == EB_OP_REDUCE_MEAN_QS8 ? outs : outs * 4);
  return workload;
}

Workload make_softmax(uint32_t op, uint64_t rows, uint64_t count) {
  eb_softmax_params params = {};
  params.outer = rows;
  params.count = count;
  params.stride = 1;
  params.beta = 1;
  params.in_scale = 0.05f;
  const bool is_int8 = op == EB_OP_SOFTMAX_QS8;
  Workload workload(op, params);
  is_int8 ? static_cast<void>(workload.add_i8(rows * count)) : static_cast<void>(workload.add_f32(rows * count));
  workload.add_bytes(rows * count * (is_int8 ? 1 : sizeof(float)));
  return workload;
}

Workload make_layer_norm(uint64_t rows, uint64_t count) {
  eb_layer_norm_params params = {};
  params.rows = rows;
  params.count = count;
  params.epsilon = 1e-5f;
  params.has_scale = params.has_bias = 1;
  Workload workload(EB_OP_LAYER_NORM_F32, params);
  workload.add_f32(rows * count);
  workload.add_f32(count);
  workload.add_f32(count);
  workload.add_bytes(rows * count * sizeof(float));
  return workload;
}

Workload make_rms_norm(uint64_t rows, uint64_t count) {
  eb_layer_norm_params params = {};
  params.rows = rows;
  params.count = count;
  params.epsilon = 1e-5f;
  params.has_scale = 1;
  Workload workload(EB_OP_RMS_NORM_F32, params);
  workload.add_f32(rows * count);
  workload.add_f32(count);
  workload.add_bytes(rows * count * sizeof(float));
  return workload;
}

Workload make_group_norm(uint64_t pixels, uint64_t channels, uint64_t groups) {
  eb_group_norm_params params = {};
  params.batch = 1;
  params.pixels = pixels;
  params.channels = channels;
  params.groups = groups;
  params.epsilon = 1e-5f;
  params.has_scale = params.has_bias = 1;
  Workload workload(EB_OP_GROUP_NORM_F32, params);
  workload.add_f32(pixels * channels);
  workload.add_f32(channels);
  workload.add_f32(channels);
  workload.add_bytes(pixels * channels * sizeof(float));
  return workload;
}

}  // namespace

void add_rows(Suite &suite) {
  for (const Reduction &reduction : reductions) {
    suite.push_back({reduction.op, reduction.name, Arithmetic::none, reduction.has_isa_kernels,
                     [=](enum eb_isa) { return make_reduction(reduction); }});
  }
  for (uint32_t op : {EB_OP_SOFTMAX_F32, EB_OP_LOG_SOFTMAX_F32, EB_OP_SOFTMAX_QS8}) {
    const bool has_isa_kernels = op != EB_OP_SOFTMAX_QS8;
    suite.push_back({op, "imagenet-1x1000", Arithmetic::none, has_isa_kernels,
                     [=](enum eb_isa) { return make_softmax(op, 1, 1000); }});
    suite.push_back({op, "attention-1536x128", Arithmetic::none, has_isa_kernels,
                     [=](enum eb_isa) { return make_softmax(op, 1536, 128); }});
  }
  suite.push_back({EB_OP_LAYER_NORM_F32, "transformer-128x768", Arithmetic::none, true,
                   [](enum eb_isa) { return make_layer_norm(128, 768); }});
  suite.push_back({EB_OP_RMS_NORM_F32, "transformer-128x768", Arithmetic::none, true,
                   [](enum eb_isa) { return make_rms_norm(128, 768); }});
  suite.push_back({EB_OP_GROUP_NORM_F32, "diffusion-32-of-32x32x320", Arithmetic::none, true,
                   [](enum eb_isa) { return make_group_norm(32 * 32, 320, 32); }});
}
