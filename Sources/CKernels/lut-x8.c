#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_count_params *p = params;
  return operand_count == 3 && p->count <= operand_bytes[0] && operand_bytes[1] >= 256 && p->count <= operand_bytes[2];
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_count_params *p = params;
  const uint8_t *in = operands[0];
  const uint8_t *table = operands[1];
  uint8_t *out = operands[2];
  for (size_t i = 0; i < p->count; i++) out[i] = table[in[i]];
}

const eb_operator eb_lut_x8 = {
    .name = "lut_x8", .params_bytes = sizeof(eb_count_params), .accepts = accepts, .run = run};
