#include "binary.h"

typedef struct {
  const eb_binary_params *params;
  void *const *operands;
  size_t element_bytes;
  eb_binary_part part;
  uint32_t shares;
} work;

static eb_span span_of(const eb_binary_params *p, uint32_t index, uint32_t shares) {
  return p->rank == 1 ? eb_element_span_of(p->shape[0], index, shares) : eb_span_of(p->shape[0], index, shares);
}

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  eb_binary_params part = *work->params;
  void *operands[] = {work->operands[0], work->operands[1], work->operands[2]};
  if (part.rank > 0) {
    const eb_span span = span_of(&part, index, work->shares);
    const uint64_t bytes = span.first * work->element_bytes;
    uint64_t row = 1;
    for (uint32_t i = 1; i < part.rank; i++) row *= part.shape[i];
    part.shape[0] = span.end - span.first;
    operands[0] = (char *)operands[0] + bytes * part.a_strides[0];
    operands[1] = (char *)operands[1] + bytes * part.b_strides[0];
    operands[2] = (char *)operands[2] + bytes * row;
  }
  work->part(&part, operands);
}

static uint32_t shares_of(const eb_context *context, const eb_binary_params *p, size_t element_bytes) {
  uint64_t count;
  if (p->rank == 0 || !eb_element_count(p->rank, p->shape, &count)) return 1;
  return eb_shares(context, p->rank == 1 ? eb_element_units(p->shape[0]) : p->shape[0],
                   count * 3 * element_bytes / EB_BYTES_PER_STEP);
}

void eb_binary_parallel(const eb_context *context, const eb_binary_params *params, void *const *operands,
                        size_t element_bytes, eb_binary_part part) {
  const work work = {.params = params,
                     .operands = operands,
                     .element_bytes = element_bytes,
                     .part = part,
                     .shares = shares_of(context, params, element_bytes)};
  eb_parallel(context, work.shares, run_share, &work);
}
