#include "convolution.h"

#include <stdio.h>

static eb_conv2d_params pointwise(enum shape_kind kind, unsigned index) {
  const uint32_t channels = index + 1;
  eb_conv2d_params p = {.in_height = index % 5 + 1, .in_width = 3, .in_channels = channels};
  p.kernel_height = p.kernel_width = 1;
  p.out_channels = kind == SHAPE_DEPTHWISE ? channels : (index * 7 + 3) % 37 + 1;
  p.groups = kind == SHAPE_DEPTHWISE ? channels : 1;
  p.stride_height = p.stride_width = 1;
  return p;
}

static eb_conv2d_params geometry(enum shape_kind kind) {
  eb_conv2d_params p = {
      .kernel_height = random_in(1, 5),
      .kernel_width = random_in(1, 5),
      .stride_height = random_in(1, 3),
      .stride_width = random_in(1, 3),
  };
  if (random_in(0, 2) == 0) p.kernel_height = p.kernel_width = 3;
  const uint32_t groups = kind == SHAPE_REGULAR && random_in(0, 3) == 0 ? random_in(2, 4) : 1;
  p.groups = groups;
  p.in_channels = groups * random_in(1, 36 / groups);
  p.out_channels = groups * random_in(1, 36 / groups);
  if (kind == SHAPE_DEPTHWISE) {
    p.groups = p.in_channels;
    p.out_channels = p.in_channels * (random_in(0, 4) == 0 ? 2 : 1);
  }
  return p;
}

eb_conv2d_params shape(enum shape_kind kind, unsigned index) {
  eb_conv2d_params p = index < 70 ? pointwise(kind, index) : geometry(kind);
  p.batch = random_in(1, 2);
  p.dilation_height = p.kernel_height > 1 && kind != SHAPE_TRANSPOSED ? random_in(1, 2) : 1;
  p.dilation_width = p.kernel_width > 1 && kind != SHAPE_TRANSPOSED ? random_in(1, 2) : 1;
  const uint32_t height = (p.kernel_height - 1) * p.dilation_height + 1;
  const uint32_t width = (p.kernel_width - 1) * p.dilation_width + 1;
  p.pad_top = random_in(0, height - 1);
  p.pad_left = random_in(0, width - 1);
  if (kind == SHAPE_TRANSPOSED) {
    p.in_height = random_in(1, 6);
    p.in_width = random_in(1, 6);
    // At least 1: what is cut off is less than a kernel.
    p.out_height = (p.in_height - 1) * p.stride_height + height - p.pad_top;
    p.out_width = (p.in_width - 1) * p.stride_width + width - p.pad_left;
    return p;
  }
  const uint32_t bottom = random_in(0, height - 1), right = random_in(0, width - 1);
  if (p.in_height == 0) p.in_height = random_in(height, height + 6);
  if (p.in_width <= 3) p.in_width = random_in(width, width + 9);
  p.out_height = (p.in_height + p.pad_top + bottom - height) / p.stride_height + 1;
  p.out_width = (p.in_width + p.pad_left + right - width) / p.stride_width + 1;
  return p;
}

convolution convolution_of(enum eb_op op, const eb_conv2d_params *p) {
  convolution c = {.op = op, .params = *p};
  const bool is_depthwise = op >= EB_OP_DWCONV2D_F32 && op <= EB_OP_DWCONV2D_QD8_F32_QC8W;
  c.input_count = (size_t)p->batch * p->in_height * p->in_width * p->in_channels;
  c.output_count = (size_t)p->batch * p->out_height * p->out_width * p->out_channels;
  c.weight_count = (size_t)p->kernel_height * p->kernel_width * p->out_channels;
  if (!is_depthwise) c.weight_count *= p->in_channels / p->groups;
  const bool is_qs8 = op == EB_OP_CONV2D_QS8_QC8W || op == EB_OP_DWCONV2D_QS8_QC8W || op == EB_OP_DECONV2D_QS8_QC8W;
  c.element_bytes = is_qs8 ? 1 : sizeof(float);
  return c;
}

static void pack(const convolution *c, const eb_conv2d_params *params, void *packed) {
  switch (c->op) {
    case EB_OP_CONV2D_QS8_QC8W:
    case EB_OP_DWCONV2D_QS8_QC8W:
    case EB_OP_DECONV2D_QS8_QC8W:
      eb_conv2d_pack_qs8(c->op, params, c->weights, c->bias, c->scales, packed);
      break;
    case EB_OP_CONV2D_QD8_F32_QC8W:
    case EB_OP_DWCONV2D_QD8_F32_QC8W:
      eb_conv2d_pack_qd8(c->op, params, c->weights, c->bias, c->scales, packed);
      break;
    default:
      eb_conv2d_pack_f32(c->op, params, c->weights, c->bias, packed);
  }
}

const void *convolution_run(convolution *c, enum eb_isa isa, uint32_t algorithm) {
  c->params.isa = isa;
  c->params.algorithm = algorithm;
  const eb_requirements needed = eb_conv2d_requirements(c->op, &c->params);
  if (algorithm == 0) c->params.algorithm = needed.algorithm;
  const size_t sizes[] = {c->input_count * c->element_bytes, needed.packed_bytes, c->output_count * c->element_bytes,
                          needed.scratch_bytes};
  // Operands lie at multiples of 64, but what is read must end where it ends.
  void *operands[] = {(void *)(uintptr_t)c->input, guarded(sizes[1], 64), guarded(sizes[2], c->element_bytes),
                      guarded(sizes[3], 64)};
  pack(c, &c->params, operands[1]);
  const eb_operator *operator= eb_operator_for(c->op);
  const eb_context context = {.threads = 1};
  const bool is_accepted = operator->accepts(&c->params, sizes, 4);
  if (is_accepted) {
    operator->run(&c->params, operands, &context);
  } else {
    expect(false, "%s is refused on %s", convolution_text(c), eb_isa_name(isa));
  }
  return operands[2];
}

const char *convolution_text(const convolution *c) {
  static char text[256];
  const eb_conv2d_params *p = &c->params;
  snprintf(text, sizeof text, "%s %ux%ux%ux%u by %ux%u to %ux%ux%u, stride %ux%u, dilation %ux%u, pad %u,%u, groups %u",
           eb_operator_for(c->op)->name, p->batch, p->in_height, p->in_width, p->in_channels, p->kernel_height,
           p->kernel_width, p->out_height, p->out_width, p->out_channels, p->stride_height, p->stride_width,
           p->dilation_height, p->dilation_width, p->pad_top, p->pad_left, p->groups);
  return text;
}
