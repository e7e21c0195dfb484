// Elements and slices put where indices say, of any element type; what comes later in the updates is done later.
#include <string.h>

#include "element.h"
#include "indices.h"
#include "sizes.h"

static bool has_kind(uint32_t kind, uint32_t type, uint32_t index_type) {
  return kind <= EB_SCATTER_MAXIMUM && eb_type_bytes(type) != 0 && eb_index_bytes(index_type) != 0;
}

static double combine_real(uint32_t kind, double a, double b) {
  switch (kind) {
    case EB_SCATTER_ADD:
      return a + b;
    case EB_SCATTER_MULTIPLY:
      return a * b;
    case EB_SCATTER_MINIMUM:
      return a != a || a < b ? a : b;
    default:
      return a != a || a > b ? a : b;
  }
}

static int64_t combine_whole(uint32_t kind, uint32_t type, int64_t a, int64_t b) {
  const bool is_less = type == EB_U64 ? (uint64_t)a < (uint64_t)b : a < b;
  switch (kind) {
    case EB_SCATTER_ADD:
      return (int64_t)((uint64_t)a + (uint64_t)b);
    case EB_SCATTER_MULTIPLY:
      return (int64_t)((uint64_t)a * (uint64_t)b);
    case EB_SCATTER_MINIMUM:
      return is_less ? a : b;
    default:
      return is_less ? b : a;
  }
}

// `count` elements from `from` on, combined with those from `to` on.
static void put(uint32_t kind, uint32_t type, void *out, size_t to, const void *updates, size_t from, size_t count) {
  const uint32_t bytes = eb_type_bytes(type);
  if (kind == EB_SCATTER_SET) {
    memcpy((uint8_t *)out + to * bytes, (const uint8_t *)updates + from * bytes, count * bytes);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    if (eb_type_is_real(type)) {
      const double x = combine_real(kind, eb_real_at(type, out, to + i), eb_real_at(type, updates, from + i));
      eb_set_real(type, out, to + i, x, false);
    } else {
      const int64_t x = eb_integer_at(type, out, to + i), y = eb_integer_at(type, updates, from + i);
      eb_set_integer(type, out, to + i, combine_whole(kind, type, x, y));
    }
  }
}

static bool accepts_elements(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_scatter_elements_params *p = params;
  uint64_t in_count, count;
  if (operand_count != 4 || !has_kind(p->kind, p->type, p->index_type)) return false;
  if (!eb_element_shapes_fit(p->rank, p->axis, p->in_shape, p->index_shape)) return false;
  const uint32_t bytes = eb_type_bytes(p->type);
  return eb_element_count(p->rank, p->in_shape, &in_count) && eb_element_count(p->rank, p->index_shape, &count) &&
         EB_HOLDS(operand_bytes[0], in_count, bytes) &&
         EB_HOLDS(operand_bytes[1], count, eb_index_bytes(p->index_type)) && EB_HOLDS(operand_bytes[2], count, bytes) &&
         EB_HOLDS(operand_bytes[3], in_count, bytes);
}

static void run_elements(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_scatter_elements_params *p = params;
  uint64_t in_count, count;
  if (!eb_element_count(p->rank, p->in_shape, &in_count) || !eb_element_count(p->rank, p->index_shape, &count)) return;
  memcpy(operands[3], operands[0], in_count * eb_type_bytes(p->type));
  const uint64_t size = p->in_shape[p->axis];
  eb_element_walk walk = eb_element_walk_start(p->rank, p->in_shape);
  for (size_t i = 0; i < count; i++) {
    const int64_t index = eb_index_at(p->index_type, operands[1], i, size);
    if (index >= 0 && (uint64_t)index < size) {
      put(p->kind, p->type, operands[3], walk.offset + (size_t)index * walk.strides[p->axis], operands[2], i, 1);
    }
    eb_element_walk_next(&walk, p->rank, p->axis, p->index_shape);
  }
}

static bool accepts_nd(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_scatter_nd_params *p = params;
  uint64_t indexed;
  if (operand_count != 4 || !has_kind(p->kind, p->type, p->index_type) || p->depth > EB_MAX_RANK) return false;
  for (uint32_t i = 0; i < p->depth; i++) {
    if (p->in_shape[i] > INT64_MAX) return false;
  }
  const uint32_t bytes = eb_type_bytes(p->type);
  return eb_element_count(p->depth, p->in_shape, &indexed) && EB_HOLDS(operand_bytes[0], indexed, p->slice, bytes) &&
         EB_HOLDS(operand_bytes[1], p->tuples, p->depth, eb_index_bytes(p->index_type)) &&
         EB_HOLDS(operand_bytes[2], p->tuples, p->slice, bytes) && EB_HOLDS(operand_bytes[3], indexed, p->slice, bytes);
}

static void run_nd(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_scatter_nd_params *p = params;
  uint64_t indexed;
  if (!eb_element_count(p->depth, p->in_shape, &indexed) || p->slice == 0 || indexed == 0) return;
  memcpy(operands[3], operands[0], indexed * p->slice * eb_type_bytes(p->type));
  size_t next = 0;
  for (size_t t = 0; t < p->tuples; t++) {
    size_t target = 0;
    bool is_inside = true;
    for (uint32_t i = 0; i < p->depth; i++, next++) {
      const int64_t index = eb_index_at(p->index_type, operands[1], next, p->in_shape[i]);
      if (index < 0 || (uint64_t)index >= p->in_shape[i]) {
        is_inside = false;
      } else {
        target = target * (size_t)p->in_shape[i] + (size_t)index;
      }
    }
    if (is_inside) put(p->kind, p->type, operands[3], target * p->slice, operands[2], t * p->slice, p->slice);
  }
}

const eb_operator eb_scatter_elements = {.name = "scatter_elements",
                                         .params_bytes = sizeof(eb_scatter_elements_params),
                                         .accepts = accepts_elements,
                                         .run = run_elements};
const eb_operator eb_scatter_nd = {
    .name = "scatter_nd", .params_bytes = sizeof(eb_scatter_nd_params), .accepts = accepts_nd, .run = run_nd};
