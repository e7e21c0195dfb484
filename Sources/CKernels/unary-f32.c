#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_unary_params *p = params;
  return operand_count == 2 && p->kind >= EB_UNARY_CLAMP && p->kind <= EB_UNARY_RELU &&
         EB_HOLDS(operand_bytes[0], p->count, sizeof(float)) && EB_HOLDS(operand_bytes[1], p->count, sizeof(float));
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  eb_vector_kernels_active()->unary_f32(params, operands[0], operands[1]);
}

const eb_operator eb_unary_f32 = {
    .name = "unary_f32", .params_bytes = sizeof(eb_unary_params), .accepts = accepts, .run = run};
