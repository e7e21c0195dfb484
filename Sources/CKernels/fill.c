#include <string.h>

#include "eb_operators.h"
#include "eb_threads.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_fill_params *p = params;
  const bool is_element =
      p->element_bytes == 1 || p->element_bytes == 2 || p->element_bytes == 4 || p->element_bytes == 8;
  return operand_count == 1 && is_element && EB_HOLDS(operand_bytes[0], p->count, p->element_bytes);
}

typedef struct {
  const eb_fill_params *params;
  void *out;
  uint32_t shares;
} work;

static void fill(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_fill_params *p = work->params;
  const eb_span span = eb_element_span_of(p->count, index, work->shares);
  const size_t first = span.first, end = span.end;
  switch (p->element_bytes) {
    case 1:
      memset((uint8_t *)work->out + first, (uint8_t)p->value, end - first);
      break;
    case 2: {
      uint16_t *out = work->out;
      for (size_t i = first; i < end; i++) out[i] = (uint16_t)p->value;
      break;
    }
    case 4: {
      uint32_t *out = work->out;
      for (size_t i = first; i < end; i++) out[i] = (uint32_t)p->value;
      break;
    }
    case 8: {
      uint64_t *out = work->out;
      for (size_t i = first; i < end; i++) out[i] = p->value;
      break;
    }
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  const eb_fill_params *p = params;
  work work = {.params = p, .out = operands[0]};
  work.shares = eb_shares(context, eb_element_units(p->count), p->count / EB_BYTES_PER_STEP * p->element_bytes);
  eb_parallel(context, work.shares, fill, &work);
}

const eb_operator eb_fill = {.name = "fill", .params_bytes = sizeof(eb_fill_params), .accepts = accepts, .run = run};
