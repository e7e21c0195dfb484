// The index of the largest or smallest element along one axis, the first of equals, as i32. A NaN is never
// chosen, unless it comes first.
#include "reduce.h"

// One axis that is not empty and whose indices fit.
static bool accepts(const eb_reduce_params *p, const size_t *operand_bytes, size_t operand_count, size_t in_bytes) {
  const bool has_kind = p->kind == EB_REDUCE_ARG_MAX || p->kind == EB_REDUCE_ARG_MIN;
  if (!has_kind || !eb_reduce_accepts(p, operand_bytes, operand_count, in_bytes, sizeof(int32_t))) return false;
  if (p->axes == 0 || (p->axes & (p->axes - 1)) != 0) return false;
  const uint64_t length = p->shape[__builtin_ctz(p->axes)];
  return length >= 1 && length <= INT32_MAX;
}

#define EB_ARG_REDUCE(NAME, type)                                                                     \
  static bool accepts_##NAME(const void *params, const size_t *operand_bytes, size_t operand_count) { \
    return accepts(params, operand_bytes, operand_count, sizeof(type));                               \
  }                                                                                                   \
  static void run_##NAME(const void *params, void *const *operands, const eb_context *context) {      \
    (void)context;                                                                                    \
    const eb_reduce_params *p = params;                                                               \
    const uint32_t axis = (uint32_t)__builtin_ctz(p->axes);                                           \
    size_t outer = 1, inner = 1;                                                                      \
    for (uint32_t i = 0; i < axis; i++) outer *= (size_t)p->shape[i];                                 \
    for (uint32_t i = axis + 1; i < p->rank; i++) inner *= (size_t)p->shape[i];                       \
    const size_t length = (size_t)p->shape[axis];                                                     \
    const bool is_max = p->kind == EB_REDUCE_ARG_MAX;                                                 \
    const type *in = operands[0];                                                                     \
    int32_t *out = operands[1];                                                                       \
    if (inner == 0) return;                                                                           \
    for (size_t o = 0; o < outer; o++, in += length * inner) {                                        \
      for (size_t i = 0; i < inner; i++) {                                                            \
        size_t best = 0;                                                                              \
        for (size_t k = 1; k < length; k++) {                                                         \
          const type x = in[k * inner + i], y = in[best * inner + i];                                 \
          if (is_max ? x > y : x < y) best = k;                                                       \
        }                                                                                             \
        *out++ = (int32_t)best;                                                                       \
      }                                                                                               \
    }                                                                                                 \
  }                                                                                                   \
  const eb_operator eb_##NAME = {                                                                     \
      .name = #NAME, .params_bytes = sizeof(eb_reduce_params), .accepts = accepts_##NAME, .run = run_##NAME};

EB_ARG_REDUCE(arg_reduce_f32, float)
EB_ARG_REDUCE(arg_reduce_qs8, int8_t)
