// Arithmetic on i32 and i64. Sums and products wrap; a quotient or remainder by 0 is 0.
#include "binary.h"
#include "integer-math.h"

static inline int32_t clamp_i32(const eb_binary_params *p, int32_t x) {
  if (p->out_min >= p->out_max) return x;
  return x < p->out_min ? p->out_min : x > p->out_max ? p->out_max : x;
}

static inline int64_t clamp_i64(const eb_binary_params *p, int64_t x) {
  (void)p;
  return x;
}

// The kinds that networks compute shapes and indices with have loops of their own.
#define EB_LOOP(sa, sb, kind, type)                                                                \
  for (size_t i = 0; i < count; i++) {                                                             \
    out[i] = clamp_##type(p, (type##_element)eb_integer_binary((kind), a[i * (sa)], b[i * (sb)])); \
  }
#define EB_CASE(kind, type) \
  case kind:                \
    EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOOP, kind, type) break;
#define EB_ROW(type)                                                                                  \
  static void row_##type(const eb_binary_params *p, size_t count, const type##_element *a, size_t sa, \
                         const type##_element *b, size_t sb, type##_element *out) {                   \
    switch (p->kind) {                                                                                \
      EB_CASE(EB_BINARY_ADD, type)                                                                    \
      EB_CASE(EB_BINARY_SUBTRACT, type)                                                               \
      EB_CASE(EB_BINARY_MULTIPLY, type)                                                               \
      EB_CASE(EB_BINARY_MINIMUM, type)                                                                \
      EB_CASE(EB_BINARY_MAXIMUM, type)                                                                \
      default:                                                                                        \
        EB_LOOP(sa, sb, p->kind, type)                                                                \
    }                                                                                                 \
  }
typedef int32_t i32_element;
typedef int64_t i64_element;

EB_ROW(i32)
EB_ROW(i64)

static bool accepts(const eb_binary_params *p, const size_t *operand_bytes, size_t operand_count, size_t bytes) {
  const bool has_kind =
      p->kind <= EB_BINARY_FLOOR_MODULO || (p->kind >= EB_BINARY_TRUNCATED_MODULO && p->kind <= EB_BINARY_SHIFT_RIGHT);
  return has_kind && eb_binary_accepts(p, operand_bytes, operand_count, bytes, bytes);
}

static bool accepts_i32(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(params, operand_bytes, operand_count, sizeof(int32_t));
}

static bool accepts_i64(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(params, operand_bytes, operand_count, sizeof(int64_t));
}

static void run_i32(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_binary_params *p = params;
  EB_FOR_EACH_BINARY_ROW(p, operands, int32_t, int32_t, row_i32);
}

static void run_i64(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_binary_params *p = params;
  EB_FOR_EACH_BINARY_ROW(p, operands, int64_t, int64_t, row_i64);
}

const eb_operator eb_binary_i32 = {
    .name = "binary_i32", .params_bytes = sizeof(eb_binary_params), .accepts = accepts_i32, .run = run_i32};
const eb_operator eb_binary_i64 = {
    .name = "binary_i64", .params_bytes = sizeof(eb_binary_params), .accepts = accepts_i64, .run = run_i64};
