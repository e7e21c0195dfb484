#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_fill_params *p = params;
  const bool is_element =
      p->element_bytes == 1 || p->element_bytes == 2 || p->element_bytes == 4 || p->element_bytes == 8;
  return operand_count == 1 && is_element && EB_HOLDS(operand_bytes[0], p->count, p->element_bytes);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_fill_params *p = params;
  const size_t count = p->count;
  switch (p->element_bytes) {
    case 1:
      memset(operands[0], (uint8_t)p->value, count);
      break;
    case 2: {
      uint16_t *out = operands[0];
      for (size_t i = 0; i < count; i++) out[i] = (uint16_t)p->value;
      break;
    }
    case 4: {
      uint32_t *out = operands[0];
      for (size_t i = 0; i < count; i++) out[i] = (uint32_t)p->value;
      break;
    }
    case 8: {
      uint64_t *out = operands[0];
      for (size_t i = 0; i < count; i++) out[i] = p->value;
      break;
    }
  }
}

const eb_operator eb_fill = {.name = "fill", .params_bytes = sizeof(eb_fill_params), .accepts = accepts, .run = run};
