// Int8 fully connected layers give the scalar kernels' bits, static and dynamic, for every remainder of a tile.
#include <string.h>

#include "fully-connected.h"

static void check(uint32_t rows, uint32_t inputs, uint32_t outputs, bool is_dynamic, enum eb_isa isa) {
  seed_random((rows * 1000 + inputs) * 100 + outputs);
  fully_connected layer = {.op = is_dynamic ? EB_OP_FULLY_CONNECTED_QD8_F32_QC8W : EB_OP_FULLY_CONNECTED_QS8_QC8W,
                           .params = {.rows = rows,
                                      .in_channels = inputs,
                                      .out_channels = outputs,
                                      .min = -1,
                                      .max = 2,
                                      .in_zero_point = (int32_t)random_in(0, 255) - 128,
                                      .out_zero_point = -3,
                                      .out_min = -120,
                                      .out_max = 121}};
  const size_t in_count = (size_t)rows * inputs, out_count = (size_t)rows * outputs;
  layer.input = is_dynamic ? (const void *)random_reals(in_count, -1, 2) : random_steps(in_count);
  layer.weights = random_steps((size_t)inputs * outputs);
  layer.bias = is_dynamic ? (const void *)random_reals(outputs, -1, 1) : random_bias(outputs);
  layer.scales = is_dynamic ? random_reals(outputs, 0.001f, 0.01f) : random_scales(outputs);
  const void *expected = fully_connected_run(&layer, EB_ISA_SCALAR), *result = fully_connected_run(&layer, isa);
  const bool is_equal = memcmp(expected, result, out_count * (is_dynamic ? sizeof(float) : 1)) == 0;
  const bool is_intact = release_all();
  expect(is_equal && is_intact, "%s on %s: %s", fully_connected_text(&layer), eb_isa_name(isa),
         is_intact ? "not the scalar kernel's bits" : "writes past an operand's end");
}

void check_qs8_fully_connected(enum eb_isa isa) {
  for (uint32_t rows = 1; rows <= 9; rows++) {
    for (uint32_t inputs = 1; inputs <= 33; inputs++) {
      check(rows, inputs, 1 + (inputs * 5 + rows) % 34, false, isa);
      check(rows, inputs, 1 + (inputs * 5 + rows) % 34, true, isa);
    }
  }
  check(2, 2000, 35, false, isa);
}
