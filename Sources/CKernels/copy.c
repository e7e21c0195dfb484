#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_count_params *p = params;
  return operand_count == 2 && p->count <= operand_bytes[0] && p->count <= operand_bytes[1];
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_count_params *p = params;
  // The planner may let both share memory.
  memmove(operands[1], operands[0], p->count);
}

const eb_operator eb_copy = {.name = "copy", .params_bytes = sizeof(eb_count_params), .accepts = accepts, .run = run};
