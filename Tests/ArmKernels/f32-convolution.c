// F32 convolutions, weights in f32 or f16, differ from the scalar kernels by no more than the roundings of both.
#include "convolution.h"

enum { gemm = 1, winograd = 3 };  // values of `algorithm`

// The sum of the terms' absolute values, for each output, as the scalar kernels round it.
static const float *magnitudes(const convolution *c) {
  convolution a = *c;
  a.input = absolute(c->input, c->input_count);
  a.weights = absolute(c->weights, c->weight_count);
  a.bias = absolute(c->bias, c->params.out_channels);
  a.params.min = -INFINITY;
  a.params.max = INFINITY;
  const bool has_choice = c->op == EB_OP_CONV2D_F32 && c->params.groups == 1;
  return convolution_run(&a, EB_ISA_SCALAR, has_choice ? gemm : 0);
}

// Of Winograd's form: a transformed input is a sum of 4 inputs, a transformed weight at most the sum of a channel's 9,
// an output the sum of 9 products over the channels; the transforms add about 24 roundings.
static double winograd_tolerance(const convolution *c) {
  const size_t depth = 9 * c->params.in_channels;
  const float *input = c->input, *weights = c->weights;
  double largest = 0, most = 0;
  for (size_t i = 0; i < c->input_count; i++) largest = fmax(largest, fabs((double)input[i]));
  for (size_t o = 0; o < c->params.out_channels; o++) {
    double sum = 0;
    for (size_t k = 0; k < depth; k++) sum += fabs((double)weights[o * depth + k]);
    most = fmax(most, sum);
  }
  return (c->params.in_channels + 24) * 0x1p-24 * (9 * 4 * largest * most + 1);
}

static void compare(convolution *c, enum eb_isa isa) {
  const eb_conv2d_params *p = &c->params;
  const bool has_choice = c->op == EB_OP_CONV2D_F32 && p->groups == 1;
  const float *sums = magnitudes(c);
  const float *expected = convolution_run(c, EB_ISA_SCALAR, has_choice ? gemm : 0);
  const float *result = convolution_run(c, isa, 0);
  const double count = (double)p->kernel_height * p->kernel_width * p->in_channels + 1;
  const double extra = p->algorithm == winograd && has_choice ? winograd_tolerance(c) : 0;
  size_t wrong = 0;
  for (size_t i = 0; i < c->output_count; i++) {
    // Higham (2002), eq. 4.4, for each of the two results; (1 + count ulp) for the rounding of `sums`.
    const double each = (count + 1) * 0x1p-24 * (double)sums[i] * (1 + count * 0x1p-23) + 0x1p-126;
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= 2 * each + extra);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s on %s: %zu outputs beyond the bound%s", convolution_text(c), eb_isa_name(isa),
         wrong, is_intact ? "" : "; writes past an operand's end");
}

// In f16 arithmetic: the scalar kernels' f32 on the same f16 weights is the reference. An input is rounded to f16, and
// sums take 32 products in it, so a term meets at most 33 roundings of 2^-11, or of 2^-25 where it is subnormal; the
// rest is f32.
static void compare_f16(convolution *c, enum eb_isa isa) {
  const float *sums = magnitudes(c);
  const float *expected = convolution_run(c, EB_ISA_SCALAR, 0);
  const float *result = convolution_run(c, isa, EB_ALGORITHM_F16);
  const double count = (double)c->params.kernel_height * c->params.kernel_width * c->params.in_channels + 1;
  size_t wrong = 0;
  for (size_t i = 0; i < c->output_count; i++) {
    const double half = 34 * 0x1p-11 * (double)sums[i] + 2 * count * 0x1p-25;
    const double single = 2 * (count + 1) * 0x1p-24 * (double)sums[i] * (1 + count * 0x1p-23);
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= half + single);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s in f16 on %s: %zu outputs beyond the bound%s", convolution_text(c),
         eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

static convolution random_convolution(enum eb_op op, const eb_conv2d_params *params) {
  convolution c = convolution_of(op, params);
  c.params.min = random_real(-4, 0);
  c.params.max = random_real(0, 4);
  c.input = random_reals(c.input_count, -1, 1);
  c.weights = random_reals(c.weight_count, -1, 1);
  c.bias = random_reals(params->out_channels, -1, 1);
  return c;
}

static void check(enum eb_op op, const eb_conv2d_params *params, enum eb_isa isa) {
  convolution c = random_convolution(op, params);
  compare(&c, isa);
  c.params.algorithm = EB_ALGORITHM_F16;
  c.params.isa = isa;
  if (eb_conv2d_requirements(op, &c.params).algorithm != EB_ALGORITHM_F16) return;
  c = random_convolution(op, params);
  compare_f16(&c, isa);
}

static void check_shapes(enum eb_op op, enum shape_kind kind, enum eb_isa isa) {
  for (unsigned i = 0; i < shape_count; i++) {
    seed_random(1000 * op + i);
    const eb_conv2d_params p = shape(kind, i);
    if (kind == SHAPE_DEPTHWISE && p.out_channels != p.in_channels) continue;  // runs as a grouped convolution
    check(op, &p, isa);
  }
}

// Shapes that Winograd's form is chosen for.
static void check_winograd(enum eb_isa isa) {
  for (uint32_t size = 7; size <= 13; size++) {
    seed_random(size);
    const eb_conv2d_params p = {.batch = 1,
                                .in_height = size,
                                .in_width = size + 3,
                                .in_channels = 32,
                                .out_height = size,
                                .out_width = size + 3,
                                .out_channels = 16 + size % 3 * 16,
                                .kernel_height = 3,
                                .kernel_width = 3,
                                .stride_height = 1,
                                .stride_width = 1,
                                .dilation_height = 1,
                                .dilation_width = 1,
                                .pad_top = 1,
                                .pad_left = 1,
                                .groups = 1};
    check(EB_OP_CONV2D_F32, &p, isa);
  }
}

void check_f32_convolution(enum eb_isa isa) {
  check_shapes(EB_OP_CONV2D_F32, SHAPE_REGULAR, isa);
  check_shapes(EB_OP_CONV2D_F32_F16W, SHAPE_REGULAR, isa);
  check_shapes(EB_OP_DWCONV2D_F32, SHAPE_DEPTHWISE, isa);
  check_shapes(EB_OP_DWCONV2D_F32_F16W, SHAPE_DEPTHWISE, isa);
  check_shapes(EB_OP_DECONV2D_F32, SHAPE_TRANSPOSED, isa);
  check_winograd(isa);
}
