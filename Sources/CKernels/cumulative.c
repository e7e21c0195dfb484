// Running sums and products along one axis, of any element type.
#include "element.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_cumulative_params *p = params;
  const uint32_t bytes = eb_type_bytes(p->type);
  if (operand_count != 2 || bytes == 0 || p->is_product > 1 || p->is_exclusive > 1 || p->is_reversed > 1) return false;
  uint64_t count;
  if (!eb_element_count(3, (const uint64_t[]){p->outer, p->count, p->inner}, &count)) return false;
  return EB_HOLDS(operand_bytes[0], count, bytes) && EB_HOLDS(operand_bytes[1], count, bytes);
}

static void run_line(const eb_cumulative_params *p, const void *in, void *out, size_t first) {
  const bool is_real = eb_type_is_real(p->type);
  double real = p->is_product;
  uint64_t whole = p->is_product;
  for (size_t n = 0; n < p->count; n++) {
    const size_t i = first + (size_t)((p->is_reversed ? p->count - 1 - n : n) * p->inner);
    if (is_real) {
      const double x = eb_real_at(p->type, in, i), next = p->is_product ? real * x : real + x;
      eb_set_real(p->type, out, i, p->is_exclusive ? real : next, false);
      real = next;
    } else {
      const uint64_t x = (uint64_t)eb_integer_at(p->type, in, i), next = p->is_product ? whole * x : whole + x;
      eb_set_integer(p->type, out, i, (int64_t)(p->is_exclusive ? whole : next));
      whole = next;
    }
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_cumulative_params *p = params;
  if (p->count == 0 || p->inner == 0) return;
  for (size_t o = 0; o < p->outer; o++) {
    for (size_t i = 0; i < p->inner; i++) run_line(p, operands[0], operands[1], o * p->count * p->inner + i);
  }
}

const eb_operator eb_cumulative = {
    .name = "cumulative", .params_bytes = sizeof(eb_cumulative_params), .accepts = accepts, .run = run};
