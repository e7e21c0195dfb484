// Comparisons of two numbers, and logic on two bools; the result is a bool, one byte of 0 or 1.
#include "binary.h"

#define EB_LOOP(sa, sb, operator) \
  for (size_t i = 0; i < count; i++) out[i] = a[i * (sa)] operator b[i * (sb)];
#define EB_CASE(kind, operator) \
  case kind:                    \
    EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOOP, operator) break;
#define EB_COMPARE_ROW(name, type)                                                                              \
  static void name(const eb_binary_params *p, size_t count, const type *a, size_t sa, const type *b, size_t sb, \
                   uint8_t *out) {                                                                              \
    switch (p->kind) {                                                                                          \
      EB_CASE(EB_BINARY_EQUAL, ==)                                                                              \
      EB_CASE(EB_BINARY_NOT_EQUAL, !=)                                                                          \
      EB_CASE(EB_BINARY_LESS, <)                                                                                \
      EB_CASE(EB_BINARY_LESS_EQUAL, <=)                                                                         \
      EB_CASE(EB_BINARY_GREATER, >)                                                                             \
      EB_CASE(EB_BINARY_GREATER_EQUAL, >=)                                                                      \
    }                                                                                                           \
  }

EB_COMPARE_ROW(row_f32, float)
EB_COMPARE_ROW(row_i32, int32_t)
EB_COMPARE_ROW(row_i64, int64_t)

#define EB_LOGIC(sa, sb, operator) \
  for (size_t i = 0; i < count; i++) out[i] = (a[i * (sa)] != 0) operator(b[i * (sb)] != 0);

static void row_x8(const eb_binary_params *p, size_t count, const uint8_t *a, size_t sa, const uint8_t *b, size_t sb,
                   uint8_t *out) {
  switch (p->kind) {
    case EB_BINARY_LOGICAL_AND:
      EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOGIC, &)
      break;
    case EB_BINARY_LOGICAL_OR:
      EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOGIC, |)
      break;
    case EB_BINARY_EQUAL:
      EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOGIC, ==)
      break;
    default:
      EB_WITH_KNOWN_STRIDES(sa, sb, EB_LOGIC, !=)
      break;
  }
}

#define EB_COMPARE_OPERATOR(type_name, type)                                                               \
  static bool accepts_##type_name(const void *params, const size_t *operand_bytes, size_t operand_count) { \
    const eb_binary_params *p = params;                                                                    \
    return p->kind >= EB_BINARY_EQUAL && p->kind <= EB_BINARY_GREATER_EQUAL &&                             \
           eb_binary_accepts(p, operand_bytes, operand_count, sizeof(type), 1);                            \
  }                                                                                                        \
  static void run_##type_name(const void *params, void *const *operands, const eb_context *context) {      \
    (void)context;                                                                                         \
    const eb_binary_params *p = params;                                                                    \
    EB_FOR_EACH_BINARY_ROW(p, operands, type, uint8_t, row_##type_name);                                   \
  }                                                                                                        \
  const eb_operator eb_compare_##type_name = {.name = "compare_" #type_name,                               \
                                              .params_bytes = sizeof(eb_binary_params),                    \
                                              .accepts = accepts_##type_name,                              \
                                              .run = run_##type_name};

EB_COMPARE_OPERATOR(f32, float)
EB_COMPARE_OPERATOR(i32, int32_t)
EB_COMPARE_OPERATOR(i64, int64_t)

static bool accepts_x8(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_binary_params *p = params;
  const bool is_logic = p->kind == EB_BINARY_LOGICAL_AND || p->kind == EB_BINARY_LOGICAL_OR ||
                        p->kind == EB_BINARY_EQUAL || p->kind == EB_BINARY_NOT_EQUAL;
  return is_logic && eb_binary_accepts(p, operand_bytes, operand_count, 1, 1);
}

static void run_x8(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_binary_params *p = params;
  EB_FOR_EACH_BINARY_ROW(p, operands, uint8_t, uint8_t, row_x8);
}

const eb_operator eb_logical_x8 = {
    .name = "logical_x8", .params_bytes = sizeof(eb_binary_params), .accepts = accepts_x8, .run = run_x8};
