// out = condition ? a : b, broadcast.
#include "eb_operators.h"
#include "sizes.h"
#include "strided.h"

static bool accepts(const eb_select_params *p, const size_t *operand_bytes, size_t operand_count, size_t bytes) {
  uint64_t count;
  if (operand_count != 4 || p->rank > EB_MAX_RANK || !eb_element_count(p->rank, p->shape, &count)) return false;
  return count == 0 || (EB_HOLDS(operand_bytes[3], count, bytes) &&
                        eb_holds_strided(operand_bytes[0], p->rank, p->shape, p->condition_strides, 1) &&
                        eb_holds_strided(operand_bytes[1], p->rank, p->shape, p->a_strides, bytes) &&
                        eb_holds_strided(operand_bytes[2], p->rank, p->shape, p->b_strides, bytes));
}

#define EB_SELECT(NAME, type)                                                                                  \
  static bool accepts_##NAME(const void *params, const size_t *operand_bytes, size_t operand_count) {          \
    return accepts(params, operand_bytes, operand_count, sizeof(type));                                        \
  }                                                                                                            \
  static void run_##NAME(const void *params, void *const *operands, const eb_context *context) {               \
    (void)context;                                                                                             \
    const eb_select_params *p = params;                                                                        \
    uint64_t total;                                                                                            \
    if (!eb_element_count(p->rank, p->shape, &total) || total == 0) return;                                    \
    const uint8_t *condition = operands[0];                                                                    \
    const type *a = operands[1], *b = operands[2];                                                             \
    type *out = operands[3];                                                                                   \
    const uint32_t last = p->rank - 1;                                                                         \
    const size_t count = p->rank == 0 ? 1 : (size_t)p->shape[last];                                            \
    const size_t sc = p->rank == 0 ? 1 : (size_t)p->condition_strides[last];                                   \
    const size_t sa = p->rank == 0 ? 1 : (size_t)p->a_strides[last];                                           \
    const size_t sb = p->rank == 0 ? 1 : (size_t)p->b_strides[last];                                           \
    eb_walk walk = eb_walk_start(p->rank, p->shape, 3,                                                         \
                                 (const uint64_t *const[]){p->condition_strides, p->a_strides, p->b_strides}); \
    do {                                                                                                       \
      const uint8_t *c = condition + walk.offsets[0];                                                          \
      const type *x = a + walk.offsets[1], *y = b + walk.offsets[2];                                           \
      if (sc == 1 && sa == 1 && sb == 1) {                                                                     \
        for (size_t i = 0; i < count; i++) {                                                                   \
          const type mask = (type)(0 - (type)(c[i] != 0));                                                     \
          out[i] = (type)((x[i] & mask) | (y[i] & (type)~mask));                                               \
        }                                                                                                      \
      } else {                                                                                                 \
        for (size_t i = 0; i < count; i++) out[i] = c[i * sc] != 0 ? x[i * sa] : y[i * sb];                    \
      }                                                                                                        \
      out += count;                                                                                            \
    } while (eb_walk_next(&walk));                                                                             \
  }                                                                                                            \
  const eb_operator eb_##NAME = {                                                                              \
      .name = #NAME, .params_bytes = sizeof(eb_select_params), .accepts = accepts_##NAME, .run = run_##NAME};

EB_SELECT(select_x32, uint32_t)
EB_SELECT(select_x8, uint8_t)
