// Pooling, at ResNet-18's first pool and last average and at a pool of SqueezeNet.
#include "workload.h"

namespace {

struct Layer {
  const char *name;
  uint32_t size, channels, out_size, window, stride, pad;
};

const Layer layers[] = {
    {"resnet18-112x112x64", 112, 64, 56, 3, 2, 1},
    {"squeezenet-54x54x128", 54, 128, 27, 3, 2, 0},
    {"resnet18-global-7x7x512", 7, 512, 1, 7, 7, 0},
};

Workload make(uint32_t op, const Layer &layer, bool is_int8, enum eb_isa isa) {
  eb_pool2d_params params = {};
  params.batch = 1;
  params.in_height = params.in_width = layer.size;
  params.channels = layer.channels;
  params.out_height = params.out_width = layer.out_size;
  params.window_height = params.window_width = layer.window;
  params.stride_height = params.stride_width = layer.stride;
  params.pad_top = params.pad_left = layer.pad;
  params.min = -1e9f;
  params.max = 1e9f;
  params.scale = 1;
  params.out_min = -128;
  params.out_max = 127;
  params.isa = isa;
  const size_t ins = static_cast<size_t>(layer.size) * layer.size * layer.channels;
  const size_t outs = static_cast<size_t>(layer.out_size) * layer.out_size * layer.channels;
  Workload workload(op, params);
  is_int8 ? static_cast<void>(workload.add_i8(ins)) : static_cast<void>(workload.add_f32(ins));
  workload.add_bytes(is_int8 ? outs : outs * sizeof(float));
  return workload;
}

}  // namespace

void add_pools(Suite &suite) {
  for (uint32_t op : {EB_OP_MAX_POOL2D_F32, EB_OP_AVERAGE_POOL2D_F32, EB_OP_MAX_POOL2D_QS8, EB_OP_AVERAGE_POOL2D_QS8}) {
    const bool is_int8 = op == EB_OP_MAX_POOL2D_QS8 || op == EB_OP_AVERAGE_POOL2D_QS8;
    for (const Layer &layer : layers) {
      suite.push_back(
          {op, layer.name, Arithmetic::none, true, [=](enum eb_isa isa) { return make(op, layer, is_int8, isa); }});
    }
  }
}
