// (x - mean) / sqrt(variance + epsilon) * scale + bias over each row; scale and bias have the row's length.
#include "eb_threads.h"
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

// What is the same in all shares; a share is a span of rows.
typedef struct {
  const eb_layer_norm_params *p;
  const float *in, *scale, *bias;
  float *out;
  uint32_t shares;
} work;

static void normalize(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *w = untyped;
  const size_t count = w->p->count;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  const eb_span rows = eb_span_of(w->p->rows, index, w->shares);
  for (uint64_t r = rows.first; r < rows.end; r++) {
    kernels->layer_norm_f32_row(count, w->p->epsilon, w->in + r * count, w->scale, w->bias, w->out + r * count);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  const eb_layer_norm_params *p = params;
  if (p->count == 0 || p->rows == 0) return;
  work w = {.p = p, .in = operands[0], .out = operands[1 + p->has_scale + p->has_bias]};
  w.scale = p->has_scale ? operands[1] : NULL;
  w.bias = p->has_bias ? operands[1 + p->has_scale] : NULL;
  w.shares = eb_shares(context, p->rows, p->rows * p->count / EB_BYTES_PER_STEP * (3 * sizeof(float)));
  eb_parallel(context, w.shares, normalize, &w);
}

const eb_operator eb_layer_norm_f32 = {
    .name = "layer_norm_f32", .params_bytes = sizeof(eb_layer_norm_params), .accepts = accepts, .run = run};
