// Arithmetic on i32 and i64. Sums and products wrap; a quotient or remainder by 0 is 0.
#include "binary.h"
#include "integer-math.h"

static void row_i32(const eb_binary_params *p, size_t count, const int32_t *a, size_t sa, const int32_t *b, size_t sb,
                    int32_t *out) {
  const bool clamps = p->out_min < p->out_max;
  for (size_t i = 0; i < count; i++) {
    int32_t result = (int32_t)eb_integer_binary(p->kind, a[i * sa], b[i * sb]);
    if (clamps) result = result < p->out_min ? p->out_min : result > p->out_max ? p->out_max : result;
    out[i] = result;
  }
}

static void row_i64(const eb_binary_params *p, size_t count, const int64_t *a, size_t sa, const int64_t *b, size_t sb,
                    int64_t *out) {
  for (size_t i = 0; i < count; i++) out[i] = eb_integer_binary(p->kind, a[i * sa], b[i * sb]);
}

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
