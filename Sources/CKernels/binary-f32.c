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

static void run(const void *params, void *const *operands, const eb_context *context) {
  eb_binary_parallel(context, params, operands, sizeof(float), run_part);
}

const eb_operator eb_binary_f32 = {
    .name = "binary_f32", .params_bytes = sizeof(eb_binary_params), .accepts = accepts, .run = run};
