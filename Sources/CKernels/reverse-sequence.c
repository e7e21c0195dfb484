#include <string.h>

#include "indices.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_reverse_sequence_params *p = params;
  const uint32_t index_bytes = eb_index_bytes(p->index_type);
  uint64_t count;
  if (operand_count != 3 || index_bytes == 0 || p->batch_is_first > 1) return false;
  const uint64_t shape[] = {p->outer, p->first, p->middle, p->second, p->inner_bytes};
  return eb_element_count(5, shape, &count) && count <= operand_bytes[0] && count <= operand_bytes[2] &&
         EB_HOLDS(operand_bytes[1], p->batch_is_first ? p->first : p->second, index_bytes);
}

// Where the element at `time` comes from; a length out of range counts as the nearest in it.
static size_t source(const eb_reverse_sequence_params *p, const void *lengths, size_t batch, size_t time) {
  const uint64_t steps = p->batch_is_first ? p->second : p->first;
  const int64_t length =
      p->index_type == EB_I32 ? ((const int32_t *)lengths)[batch] : ((const int64_t *)lengths)[batch];
  const uint64_t reversed = length < 0 ? 0 : (uint64_t)length > steps ? steps : (uint64_t)length;
  return time < reversed ? (size_t)reversed - 1 - time : time;
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_reverse_sequence_params *p = params;
  const uint8_t *in = operands[0];
  uint8_t *out = operands[2];
  uint64_t count;
  const uint64_t shape[] = {p->outer, p->first, p->middle, p->second, p->inner_bytes};
  if (!eb_element_count(5, shape, &count) || count == 0) return;
  const size_t inner = (size_t)p->inner_bytes, middle_row = (size_t)p->second * inner;
  const size_t first_row = (size_t)p->middle * middle_row;
  for (size_t o = 0; o < p->outer; o++, in += (size_t)p->first * first_row) {
    for (size_t a = 0; a < p->first; a++) {
      for (size_t m = 0; m < p->middle; m++) {
        for (size_t b = 0; b < p->second; b++, out += inner) {
          const size_t from_a = p->batch_is_first ? a : source(p, operands[1], b, a);
          const size_t from_b = p->batch_is_first ? source(p, operands[1], a, b) : b;
          memcpy(out, in + from_a * first_row + m * middle_row + from_b * inner, inner);
        }
      }
    }
  }
}

const eb_operator eb_reverse_sequence = {
    .name = "reverse_sequence", .params_bytes = sizeof(eb_reverse_sequence_params), .accepts = accepts, .run = run};
