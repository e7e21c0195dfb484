#include <string.h>

#include "indices.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_gather_nd_params *p = params;
  const uint32_t index_bytes = eb_index_bytes(p->index_type);
  uint64_t indexed;
  if (operand_count != 3 || index_bytes == 0 || p->depth > EB_MAX_RANK) return false;
  for (uint32_t i = 0; i < p->depth; i++) {
    if (p->in_shape[i] == 0 || p->in_shape[i] > INT64_MAX) return false;
  }
  return eb_element_count(p->depth, p->in_shape, &indexed) &&
         EB_HOLDS(operand_bytes[0], p->batch, indexed, p->slice_bytes) &&
         EB_HOLDS(operand_bytes[1], p->batch, p->tuples, p->depth, index_bytes) &&
         EB_HOLDS(operand_bytes[2], p->batch, p->tuples, p->slice_bytes);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_gather_nd_params *p = params;
  uint64_t indexed;
  if (!eb_element_count(p->depth, p->in_shape, &indexed) || p->slice_bytes == 0 || p->tuples == 0) return;
  const uint8_t *in = operands[0];
  uint8_t *out = operands[2];
  size_t next = 0;
  for (size_t b = 0; b < p->batch; b++, in += indexed * p->slice_bytes) {
    for (size_t t = 0; t < p->tuples; t++, out += p->slice_bytes) {
      size_t offset = 0;
      for (uint32_t i = 0; i < p->depth; i++, next++) {
        const int64_t index = eb_index_at(p->index_type, operands[1], next, p->in_shape[i]);
        offset = offset * (size_t)p->in_shape[i] + eb_clamped_index(index, p->in_shape[i]);
      }
      memcpy(out, in + offset * p->slice_bytes, p->slice_bytes);
    }
  }
}

const eb_operator eb_gather_nd = {
    .name = "gather_nd", .params_bytes = sizeof(eb_gather_nd_params), .accepts = accepts, .run = run};
