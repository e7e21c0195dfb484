// The indices of the largest or smallest elements along one axis, in order: a heap of the best, then sorted.
#include "element.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_top_indices_params *p = params;
  const uint32_t bytes = eb_type_bytes(p->type);
  uint64_t in_count, out_count;
  if (operand_count != 2 || bytes == 0 || p->is_largest > 1 || p->chosen > p->count || p->count > INT32_MAX)
    return false;
  return eb_element_count(3, (const uint64_t[]){p->outer, p->count, p->inner}, &in_count) &&
         eb_element_count(3, (const uint64_t[]){p->outer, p->chosen, p->inner}, &out_count) &&
         EB_HOLDS(operand_bytes[0], in_count, bytes) && EB_HOLDS(operand_bytes[1], out_count, sizeof(int32_t));
}

typedef struct {
  const eb_top_indices_params *p;
  const void *in;
  size_t first;  // of the line, in elements
} line;

// Whether element a comes before element b; a NaN counts as larger than any number.
static bool precedes(const line *l, int32_t a, int32_t b) {
  const uint32_t type = l->p->type;
  const size_t i = l->first + (size_t)a * (size_t)l->p->inner, j = l->first + (size_t)b * (size_t)l->p->inner;
  int order;
  if (eb_type_is_real(type)) {
    const double x = eb_real_at(type, l->in, i), y = eb_real_at(type, l->in, j);
    order = x < y || (y != y && x == x) ? -1 : x > y || (x != x && y == y);
  } else {
    const int64_t x = eb_integer_at(type, l->in, i), y = eb_integer_at(type, l->in, j);
    order = (type == EB_U64 ? (uint64_t)x < (uint64_t)y : x < y) ? -1 : x != y;
  }
  if (order == 0) return a < b;
  return l->p->is_largest ? order > 0 : order < 0;
}

// Lets the index at `at` sink below those that come after it. Element n of the heap is out[n * stride].
static void sink(const line *l, int32_t *heap, size_t stride, size_t at, size_t size) {
  for (size_t child; (child = 2 * at + 1) < size; at = child) {
    if (child + 1 < size && precedes(l, heap[child * stride], heap[(child + 1) * stride])) child++;
    if (!precedes(l, heap[at * stride], heap[child * stride])) return;
    const int32_t index = heap[at * stride];
    heap[at * stride] = heap[child * stride];
    heap[child * stride] = index;
  }
}

// The root is the last in order, so that a better element takes its place.
static void run_line(const line *l, int32_t *out) {
  const size_t chosen = (size_t)l->p->chosen, stride = (size_t)l->p->inner;
  for (size_t n = 0; n < chosen; n++) out[n * stride] = (int32_t)n;
  for (size_t n = chosen / 2; n-- > 0;) sink(l, out, stride, n, chosen);
  for (size_t n = chosen; n < l->p->count; n++) {
    if (!precedes(l, (int32_t)n, out[0])) continue;
    out[0] = (int32_t)n;
    sink(l, out, stride, 0, chosen);
  }
  for (size_t size = chosen; size > 1; size--) {
    const int32_t last = out[0];
    out[0] = out[(size - 1) * stride];
    out[(size - 1) * stride] = last;
    sink(l, out, stride, 0, size - 1);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_top_indices_params *p = params;
  if (p->chosen == 0 || p->inner == 0) return;
  int32_t *out = operands[1];
  for (size_t o = 0; o < p->outer; o++) {
    for (size_t i = 0; i < p->inner; i++) {
      const line l = {.p = p, .in = operands[0], .first = o * p->count * p->inner + i};
      run_line(&l, out + o * p->chosen * p->inner + i);
    }
  }
}

const eb_operator eb_top_indices = {
    .name = "top_indices", .params_bytes = sizeof(eb_top_indices_params), .accepts = accepts, .run = run};
