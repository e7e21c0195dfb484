// F32 fully connected layers differ from the scalar kernels by no more than the roundings of both.
#include "fully-connected.h"

static void check(enum eb_op op, uint32_t rows, uint32_t inputs, uint32_t outputs, enum eb_isa isa) {
  seed_random((rows * 1000 + inputs) * 100 + outputs);
  const size_t in_count = (size_t)rows * inputs, out_count = (size_t)rows * outputs;
  const size_t weight_count = (size_t)inputs * outputs;
  fully_connected layer = {
      .op = op, .params = {.rows = rows, .in_channels = inputs, .out_channels = outputs, .min = -3, .max = 4}};
  const float *input = layer.input = random_reals(in_count, -1, 1);
  const float *weights = layer.weights = random_reals(weight_count, -1, 1);
  const float *bias = layer.bias = random_reals(outputs, -1, 1);
  fully_connected terms = layer;
  terms.input = absolute(input, in_count);
  terms.weights = absolute(weights, weight_count);
  terms.bias = absolute(bias, outputs);
  terms.params.min = -INFINITY;
  terms.params.max = INFINITY;
  const float *sums = fully_connected_run(&terms, EB_ISA_SCALAR);
  const float *expected = fully_connected_run(&layer, EB_ISA_SCALAR), *result = fully_connected_run(&layer, isa);
  size_t wrong = 0;
  for (size_t i = 0; i < out_count; i++) {
    // Higham (2002), eq. 4.4, for each of the two results; (1 + count ulp) for the rounding of `sums`.
    const double count = inputs + 1;
    const double each = (count + 1) * 0x1p-24 * (double)sums[i] * (1 + count * 0x1p-23) + 0x1p-126;
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= 2 * each);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s on %s: %zu outputs beyond the bound%s", fully_connected_text(&layer),
         eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

// As compare_f16 of f32-convolution.c.
static void check_f16(uint32_t rows, uint32_t inputs, uint32_t outputs, enum eb_isa isa) {
  seed_random((rows * 1000 + inputs) * 100 + outputs);
  const size_t out_count = (size_t)rows * outputs;
  fully_connected layer = {.op = EB_OP_FULLY_CONNECTED_F32_F16W,
                           .params = {.rows = rows,
                                      .in_channels = inputs,
                                      .out_channels = outputs,
                                      .min = -3,
                                      .max = 4,
                                      .isa = isa,
                                      .algorithm = EB_ALGORITHM_F16}};
  if (eb_fully_connected_requirements(layer.op, &layer.params).algorithm != EB_ALGORITHM_F16) return;
  layer.input = random_reals((size_t)rows * inputs, -1, 1);
  layer.weights = random_reals((size_t)inputs * outputs, -1, 1);
  layer.bias = random_reals(outputs, -1, 1);
  const float *result = fully_connected_run(&layer, isa), *expected = fully_connected_run(&layer, EB_ISA_SCALAR);
  size_t wrong = 0;
  for (size_t i = 0; i < out_count; i++) {
    // Terms are within 1.
    const double count = inputs + 1.0, bound = 34 * 0x1p-11 * count + 2 * count * 0x1p-25 + 3 * count * count * 0x1p-24;
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= bound);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s in f16 on %s: %zu outputs beyond the bound%s", fully_connected_text(&layer),
         eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

void check_f32_fully_connected(enum eb_isa isa) {
  for (uint32_t rows = 1; rows <= 17; rows++) {
    for (uint32_t inputs = 1; inputs <= 17; inputs++) {
      check(EB_OP_FULLY_CONNECTED_F32, rows, inputs, 1 + (inputs * 5 + rows) % 26, isa);
      check(EB_OP_FULLY_CONNECTED_F32_F16W, rows, inputs, 1 + (inputs * 5 + rows) % 26, isa);
      check_f16(rows, inputs * 5, 1 + (inputs * 5 + rows) % 26, isa);
    }
  }
}
