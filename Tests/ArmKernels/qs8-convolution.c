// Int8 convolutions give the scalar kernels' bits, static and dynamic.
#include <string.h>

#include "convolution.h"

static void compare(convolution *c, enum eb_isa isa) {
  const void *expected = convolution_run(c, EB_ISA_SCALAR, 0), *result = convolution_run(c, isa, 0);
  const bool is_equal = memcmp(expected, result, c->output_count * c->element_bytes) == 0;
  const bool is_intact = release_all();
  expect(is_equal && is_intact, "%s on %s: %s", convolution_text(c), eb_isa_name(isa),
         is_intact ? "not the scalar kernel's bits" : "writes past an operand's end");
}

static void check_static(enum eb_op op, enum shape_kind kind, unsigned index, enum eb_isa isa) {
  seed_random(1000 * op + index);
  eb_conv2d_params p = shape(kind, index);
  p.in_zero_point = (int32_t)random_in(0, 255) - 128;
  p.out_zero_point = (int32_t)random_in(0, 255) - 128;
  p.out_min = -(int32_t)random_in(0, 128);
  p.out_max = (int32_t)random_in(0, 127);
  convolution c = convolution_of(op, &p);
  c.input = random_steps(c.input_count);
  c.weights = random_steps(c.weight_count);
  c.bias = random_bias(p.out_channels);
  c.scales = random_scales(p.out_channels);
  compare(&c, isa);
}

static void check_dynamic(enum eb_op op, enum shape_kind kind, unsigned index, enum eb_isa isa) {
  seed_random(1000 * op + index);
  eb_conv2d_params p = shape(kind, index);
  p.min = random_real(-2, 0);
  p.max = random_real(0, 2);
  convolution c = convolution_of(op, &p);
  c.input = random_reals(c.input_count, random_real(-3, 0), random_real(0, 3));
  c.weights = random_steps(c.weight_count);
  c.bias = random_reals(p.out_channels, -1, 1);
  c.scales = random_reals(p.out_channels, 0.001f, 0.01f);
  compare(&c, isa);
}

void check_qs8_convolution(enum eb_isa isa) {
  for (unsigned i = 0; i < shape_count; i++) {
    check_static(EB_OP_CONV2D_QS8_QC8W, SHAPE_REGULAR, i, isa);
    check_static(EB_OP_DWCONV2D_QS8_QC8W, SHAPE_DEPTHWISE, i, isa);
    check_static(EB_OP_DECONV2D_QS8_QC8W, SHAPE_TRANSPOSED, i, isa);
    check_dynamic(EB_OP_CONV2D_QD8_F32_QC8W, SHAPE_REGULAR, i, isa);
    check_dynamic(EB_OP_DWCONV2D_QD8_F32_QC8W, SHAPE_DEPTHWISE, i, isa);
  }
}
