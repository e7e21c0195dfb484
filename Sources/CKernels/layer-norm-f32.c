// (x - mean) / sqrt(variance + epsilon) * scale + bias over each row; scale and bias have the row's length.
#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_layer_norm_params *p = params;
  if (p->has_scale > 1 || p->has_bias > 1 || operand_count != 2u + p->has_scale + p->has_bias) return false;
  for (size_t i = 1; i < operand_count - 1; i++) {
    if (!EB_HOLDS(operand_bytes[i], p->count, sizeof(float))) return false;
  }
  return EB_HOLDS(operand_bytes[0], p->rows, p->count, sizeof(float)) &&
         EB_HOLDS(operand_bytes[operand_count - 1], p->rows, p->count, sizeof(float));
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_layer_norm_params *p = params;
  const size_t count = p->count;
  if (count == 0) return;
  const float *in = operands[0];
  const float *scale = p->has_scale ? operands[1] : NULL;
  const float *bias = p->has_bias ? operands[1 + p->has_scale] : NULL;
  float *out = operands[1 + p->has_scale + p->has_bias];
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  for (size_t r = 0; r < p->rows; r++, in += count, out += count) {
    kernels->layer_norm_f32_row(count, p->epsilon, in, scale, bias, out);
  }
}

const eb_operator eb_layer_norm_f32 = {
    .name = "layer_norm_f32", .params_bytes = sizeof(eb_layer_norm_params), .accepts = accepts, .run = run};
