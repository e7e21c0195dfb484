// Layers whose weights are packed: what convolutions and fully connected layers have in common.
#ifndef EDGEBENCH_MICROBENCH_WEIGHTS_H
#define EDGEBENCH_MICROBENCH_WEIGHTS_H

#include "workload.h"

// The four types come in this order at each operator's first number.
enum WeightType : uint32_t { f32, f32_f16w, qs8_qc8w, qd8_f32_qc8w };

inline Arithmetic arithmetic_of(WeightType type) {
  return type == qs8_qc8w || type == qd8_f32_qc8w ? Arithmetic::int8 : Arithmetic::f32;
}

// Random weights of every type; steps of a size that keeps outputs within int8.
struct Weights {
  std::vector<float> real, bias, scales;
  std::vector<int8_t> steps;
  std::vector<int32_t> step_bias;

  Weights(size_t count, size_t channels)
      : real(count), bias(channels, 0.1f), scales(channels, 0.001f), steps(count), step_bias(channels, 10) {
    for (size_t i = 0; i < count; i++) {
      steps[i] = static_cast<int8_t>(i * 37 % 255 - 127);
      real[i] = static_cast<float>(steps[i]) / 127.0f;
    }
  }
};

// Activation clamps of a layer with ReLU6.
template <typename Params>
void set_clamp(Params &params) {
  params.min = 0;
  params.max = 6;
  params.in_zero_point = -3;
  params.out_zero_point = -128;
  params.out_min = -128;
  params.out_max = 127;
}

#endif
