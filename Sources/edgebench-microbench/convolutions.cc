// Convolution, depthwise and transposed convolution at layers of ResNet-18, ResNet-8, MobileNet v1, its quarter-width
// version for visual wake words, EfficientNet, the keyword spotter DS-CNN and a U-Net.
#include <algorithm>

#include "weights.h"

namespace {

struct Layer {
  const char *name;
  uint32_t height, width, in_channels, out_channels, kernel_height, kernel_width, stride;
};

const Layer dense[] = {
    {"resnet18-56x56x64", 56, 56, 64, 64, 3, 3, 1},
    {"resnet18-28x28x128", 28, 28, 128, 128, 3, 3, 1},
    {"resnet18-14x14x256", 14, 14, 256, 256, 3, 3, 1},
    {"resnet18-7x7x512", 7, 7, 512, 512, 3, 3, 1},
    {"resnet18-stem-224x224x3", 224, 224, 3, 64, 7, 7, 2},
    {"resnet8-32x32x16", 32, 32, 16, 16, 3, 3, 1},
    {"mobilenet-pointwise-112x112x32x64", 112, 112, 32, 64, 1, 1, 1},
    {"mobilenet-pointwise-28x28x256x256", 28, 28, 256, 256, 1, 1, 1},
    {"mobilenet-pointwise-7x7x1024x1024", 7, 7, 1024, 1024, 1, 1, 1},
    {"wakeword-pointwise-48x48x8x16", 48, 48, 8, 16, 1, 1, 1},
    {"keyword-stem-49x10x1x64", 49, 10, 1, 64, 10, 4, 2},
    {"keyword-pointwise-25x5x64x64", 25, 5, 64, 64, 1, 1, 1},
};
const Layer depthwise[] = {
    {"mobilenet-112x112x32", 112, 112, 32, 32, 3, 3, 1},
    {"mobilenet-112x112x64-stride2", 112, 112, 64, 64, 3, 3, 2},
    {"mobilenet-28x28x256", 28, 28, 256, 256, 3, 3, 1},
    {"mobilenet-7x7x1024", 7, 7, 1024, 1024, 3, 3, 1},
    {"efficientnet-5x5-14x14x480", 14, 14, 480, 480, 5, 5, 1},
    {"wakeword-48x48x8", 48, 48, 8, 8, 3, 3, 1},
    {"keyword-25x5x64", 25, 5, 64, 64, 3, 3, 1},
};
const Layer transposed[] = {
    {"unet-2x2-28x28x128x64", 28, 28, 128, 64, 2, 2, 2},
    {"unet-3x3-14x14x256x128", 14, 14, 256, 128, 3, 3, 2},
};

enum class Kind { dense, depthwise, transposed };

// Padding "same": as many outputs as strides, the rest of the window split evenly.
eb_conv2d_params params_of(const Layer &layer, Kind kind, enum eb_isa isa) {
  eb_conv2d_params params = {};
  params.batch = 1;
  params.in_height = layer.height;
  params.in_width = layer.width;
  params.in_channels = layer.in_channels;
  params.out_channels = layer.out_channels;
  params.kernel_height = layer.kernel_height;
  params.kernel_width = layer.kernel_width;
  params.stride_height = params.stride_width = layer.stride;
  params.dilation_height = params.dilation_width = 1;
  params.groups = kind == Kind::depthwise ? layer.in_channels : 1;
  params.isa = isa;
  set_clamp(params);
  if (kind == Kind::transposed) {
    params.out_height = layer.height * layer.stride;
    params.out_width = layer.width * layer.stride;
    return params;
  }
  const auto pad = [&](uint32_t outputs, uint32_t kernel, uint32_t size) {
    const uint32_t reach = (outputs - 1) * layer.stride + kernel;
    return (std::max(reach, size) - size) / 2;
  };
  params.out_height = (layer.height + layer.stride - 1) / layer.stride;
  params.out_width = (layer.width + layer.stride - 1) / layer.stride;
  params.pad_top = pad(params.out_height, layer.kernel_height, layer.height);
  params.pad_left = pad(params.out_width, layer.kernel_width, layer.width);
  return params;
}

// Of an axis' outputs and taps, the pairs that meet the input: products with padding are no work.
double taps_inside(uint32_t outputs, uint32_t kernel, uint32_t stride, uint32_t pad, uint32_t size) {
  double count = 0;
  for (uint32_t output = 0; output < outputs; output++) {
    for (uint32_t tap = 0; tap < kernel; tap++) {
      const uint32_t at = output * stride + tap;
      if (at >= pad && at - pad < size) count++;
    }
  }
  return count;
}

Workload make(uint32_t op, const Layer &layer, Kind kind, WeightType type, enum eb_isa isa) {
  eb_conv2d_params params = params_of(layer, kind, isa);
  const eb_requirements needs = eb_conv2d_requirements(op, &params);
  params.algorithm = needs.algorithm;
  const size_t taps = static_cast<size_t>(layer.kernel_height) * layer.kernel_width;
  const size_t ins = static_cast<size_t>(layer.height) * layer.width * layer.in_channels;
  const size_t out_pixels = static_cast<size_t>(params.out_height) * params.out_width;
  const size_t outs = out_pixels * layer.out_channels;
  const size_t weight_count = taps * (layer.in_channels / params.groups) * layer.out_channels;

  Workload workload(op, params);
  type == qs8_qc8w ? static_cast<void>(workload.add_i8(ins)) : static_cast<void>(workload.add_f32(ins));
  void *packed = workload.add_bytes(needs.packed_bytes);
  workload.add_bytes(type == qs8_qc8w ? outs : outs * sizeof(float));
  workload.add_scratch(needs.scratch_bytes);
  workload.add_scratch(needs.workspace_bytes);

  const Weights weights(weight_count, layer.out_channels);
  if (type == qs8_qc8w) {
    eb_conv2d_pack_qs8(op, &params, weights.steps.data(), weights.step_bias.data(), weights.scales.data(), packed);
  } else if (type == qd8_f32_qc8w) {
    eb_conv2d_pack_qd8(op, &params, weights.steps.data(), weights.bias.data(), weights.scales.data(), packed);
  } else {
    eb_conv2d_pack_f32(op, &params, weights.real.data(), weights.bias.data(), packed);
  }
  const double channels = static_cast<double>(layer.in_channels / params.groups) * layer.out_channels;
  const double positions =
      kind == Kind::transposed
          ? static_cast<double>(layer.height) * layer.width * static_cast<double>(taps)
          : taps_inside(params.out_height, layer.kernel_height, layer.stride, params.pad_top, layer.height) *
                taps_inside(params.out_width, layer.kernel_width, layer.stride, params.pad_left, layer.width);
  workload.set_operations(2 * positions * channels);
  return workload;
}

void add(Suite &suite, uint32_t op, const Layer &layer, Kind kind, WeightType type) {
  suite.push_back(
      {op, layer.name, arithmetic_of(type), true, [=](enum eb_isa isa) { return make(op, layer, kind, type, isa); }});
}

}  // namespace

void add_convolutions(Suite &suite) {
  for (WeightType type : {f32, f32_f16w, qs8_qc8w, qd8_f32_qc8w}) {
    for (const Layer &layer : dense) add(suite, EB_OP_CONV2D_F32 + type, layer, Kind::dense, type);
    for (const Layer &layer : depthwise) add(suite, EB_OP_DWCONV2D_F32 + type, layer, Kind::depthwise, type);
  }
  for (const Layer &layer : transposed) {
    add(suite, EB_OP_DECONV2D_F32, layer, Kind::transposed, f32);
    add(suite, EB_OP_DECONV2D_QS8_QC8W, layer, Kind::transposed, qs8_qc8w);
  }
}
