#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_gather_params *p = params;
  if (operand_count != 3 || (p->index_type != EB_I32 && p->index_type != EB_I64)) return false;
  if (p->axis_size > INT64_MAX) return false;
  if (p->axis_size == 0 && p->outer != 0 && p->index_count != 0 && p->inner_bytes != 0) return false;
  return EB_HOLDS(operand_bytes[0], p->outer, p->axis_size, p->inner_bytes) &&
         EB_HOLDS(operand_bytes[1], p->index_count, p->index_type == EB_I32 ? 4 : 8) &&
         EB_HOLDS(operand_bytes[2], p->outer, p->index_count, p->inner_bytes);
}

static size_t clamped(int64_t index, uint64_t axis_size) {
  const int64_t size = (int64_t)axis_size;
  if (index < 0) index = index < -size ? 0 : index + size;
  return (size_t)(index >= size ? size - 1 : index);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_gather_params *p = params;
  if (p->outer == 0 || p->index_count == 0 || p->inner_bytes == 0) return;
  const uint8_t *in = operands[0];
  const int32_t *indices32 = operands[1];
  const int64_t *indices64 = operands[1];
  uint8_t *out = operands[2];
  const size_t inner = p->inner_bytes;
  for (size_t o = 0; o < p->outer; o++, in += p->axis_size * inner) {
    for (size_t i = 0; i < p->index_count; i++, out += inner) {
      const int64_t index = p->index_type == EB_I32 ? indices32[i] : indices64[i];
      memcpy(out, in + clamped(index, p->axis_size) * inner, inner);
    }
  }
}

const eb_operator eb_gather = {
    .name = "gather", .params_bytes = sizeof(eb_gather_params), .accepts = accepts, .run = run};
