#include <string.h>

#include "indices.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_gather_elements_params *p = params;
  const uint32_t index_bytes = eb_index_bytes(p->index_type);
  uint64_t in_count, count;
  if (operand_count != 3 || index_bytes == 0 || p->element_bytes == 0) return false;
  if (!eb_element_shapes_fit(p->rank, p->axis, p->in_shape, p->index_shape)) return false;
  return eb_element_count(p->rank, p->in_shape, &in_count) && eb_element_count(p->rank, p->index_shape, &count) &&
         EB_HOLDS(operand_bytes[0], in_count, p->element_bytes) && EB_HOLDS(operand_bytes[1], count, index_bytes) &&
         EB_HOLDS(operand_bytes[2], count, p->element_bytes);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_gather_elements_params *p = params;
  uint64_t count;
  if (!eb_element_count(p->rank, p->index_shape, &count)) return;
  const uint8_t *in = operands[0];
  uint8_t *out = operands[2];
  const uint64_t size = p->in_shape[p->axis];
  eb_element_walk walk = eb_element_walk_start(p->rank, p->in_shape);
  for (size_t i = 0; i < count; i++) {
    const size_t index = eb_clamped_index(eb_index_at(p->index_type, operands[1], i, size), size);
    memcpy(out + i * p->element_bytes, in + (walk.offset + index * walk.strides[p->axis]) * p->element_bytes,
           p->element_bytes);
    eb_element_walk_next(&walk, p->rank, p->axis, p->index_shape);
  }
}

const eb_operator eb_gather_elements = {
    .name = "gather_elements", .params_bytes = sizeof(eb_gather_elements_params), .accepts = accepts, .run = run};
