#include "eb_threads.h"
#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_unary_params *p = params;
  return operand_count == 2 && p->kind >= EB_UNARY_CLAMP && p->kind <= EB_UNARY_RELU &&
         EB_HOLDS(operand_bytes[0], p->count, sizeof(float)) && EB_HOLDS(operand_bytes[1], p->count, sizeof(float));
}

typedef struct {
  const eb_unary_params *params;
  void *const *operands;
  uint32_t shares;
} work;

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_span span = eb_element_span_of(work->params->count, index, work->shares);
  eb_unary_params params = *work->params;
  params.count = span.end - span.first;
  eb_vector_kernels_active()->unary_f32(&params, (const float *)work->operands[0] + span.first,
                                        (float *)work->operands[1] + span.first);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  work work = {.params = params, .operands = operands};
  work.shares = eb_shares(context, eb_element_units(work.params->count),
                          work.params->count * 2 * sizeof(float) / EB_BYTES_PER_STEP);
  eb_parallel(context, work.shares, run_share, &work);
}

const eb_operator eb_unary_f32 = {
    .name = "unary_f32", .params_bytes = sizeof(eb_unary_params), .accepts = accepts, .run = run};
