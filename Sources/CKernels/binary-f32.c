#include "binary.h"
#include "eb_vector_kernels.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_binary_params *p = params;
  return (p->kind <= EB_BINARY_FLOOR_MODULO || p->kind == EB_BINARY_PRELU) &&
         eb_binary_accepts(p, operand_bytes, operand_count, sizeof(float), sizeof(float));
}

static void run_part(const eb_binary_params *p, void *const *operands) {
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  EB_FOR_EACH_BINARY_ROW(p, operands, float, float, kernels->binary_f32_row);
}

// A share is a span of the first axis; where that is the only one, of whole vectors.
typedef struct {
  const eb_binary_params *params;
  void *const *operands;
  uint32_t shares;
} work;

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  eb_binary_params part = *work->params;
  void *operands[] = {work->operands[0], work->operands[1], work->operands[2]};
  if (part.rank > 0) {
    const eb_span span = eb_binary_span_of(&part, index, work->shares);
    uint64_t row = 1;
    for (uint32_t i = 1; i < part.rank; i++) row *= part.shape[i];
    part.shape[0] = span.end - span.first;
    operands[0] = (float *)operands[0] + span.first * part.a_strides[0];
    operands[1] = (float *)operands[1] + span.first * part.b_strides[0];
    operands[2] = (float *)operands[2] + span.first * row;
  }
  run_part(&part, operands);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  work work = {.params = params, .operands = operands};
  work.shares = eb_binary_shares(context, params, sizeof(float));
  eb_parallel(context, work.shares, run_share, &work);
}

const eb_operator eb_binary_f32 = {
    .name = "binary_f32", .params_bytes = sizeof(eb_binary_params), .accepts = accepts, .run = run};
