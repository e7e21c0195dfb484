// Two operands of any element type: with a fraction in f64, whole in 64 bits of which the type's are kept.
#include "element.h"
#include "integer-math.h"
#include "sizes.h"
#include "strided.h"

static bool is_predicate(uint32_t kind) { return kind >= EB_BINARY_EQUAL && kind <= EB_BINARY_LOGICAL_OR; }

static bool is_whole_only(uint32_t kind) { return kind >= EB_BINARY_BITWISE_AND && kind <= EB_BINARY_SHIFT_RIGHT; }

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_binary_any_params *p = params;
  const uint32_t bytes = eb_type_bytes(p->type);
  uint64_t count;
  if (operand_count != 3 || p->rank > EB_MAX_RANK || bytes == 0) return false;
  if (p->kind > EB_BINARY_ARC_TANGENT || p->kind == EB_BINARY_PRELU) return false;
  if (eb_type_is_real(p->type) ? is_whole_only(p->kind) : p->kind == EB_BINARY_ARC_TANGENT) return false;
  if (!eb_element_count(p->rank, p->shape, &count)) return false;
  return count == 0 || (EB_HOLDS(operand_bytes[2], count, is_predicate(p->kind) ? 1 : bytes) &&
                        eb_holds_strided(operand_bytes[0], p->rank, p->shape, p->a_strides, bytes) &&
                        eb_holds_strided(operand_bytes[1], p->rank, p->shape, p->b_strides, bytes));
}

// A NaN in either operand is the result of minimum and maximum.
static double apply_real(uint32_t kind, double x, double y) {
  switch (kind) {
    case EB_BINARY_ADD:
      return x + y;
    case EB_BINARY_SUBTRACT:
      return x - y;
    case EB_BINARY_MULTIPLY:
      return x * y;
    case EB_BINARY_DIVIDE:
      return x / y;
    case EB_BINARY_MINIMUM:
      return x != x || x < y ? x : y;
    case EB_BINARY_MAXIMUM:
      return x != x || x > y ? x : y;
    case EB_BINARY_POWER:
      return pow(x, y);
    case EB_BINARY_SQUARED_DIFFERENCE:
      return (x - y) * (x - y);
    case EB_BINARY_FLOOR_DIVIDE:
      return floor(x / y);
    case EB_BINARY_TRUNCATED_MODULO:
      return fmod(x, y);
    case EB_BINARY_ARC_TANGENT:
      return atan2(x, y);
    default: {
      const double remainder = fmod(x, y);
      return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
    }
  }
}

// Where u64 differs from i64: the rest has the same bits.
static uint64_t apply_unsigned(uint32_t kind, uint64_t x, uint64_t y) {
  switch (kind) {
    case EB_BINARY_DIVIDE:
    case EB_BINARY_FLOOR_DIVIDE:
      return y == 0 ? 0 : x / y;
    case EB_BINARY_MINIMUM:
      return x < y ? x : y;
    case EB_BINARY_MAXIMUM:
      return x > y ? x : y;
    case EB_BINARY_POWER:
      return eb_unsigned_power(x, y);
    case EB_BINARY_FLOOR_MODULO:
    case EB_BINARY_TRUNCATED_MODULO:
      return y == 0 ? 0 : x % y;
    case EB_BINARY_SHIFT_RIGHT:
      return y > 63 ? 0 : x >> y;
    default:
      return (uint64_t)eb_integer_binary(kind, (int64_t)x, (int64_t)y);
  }
}

static int64_t apply_whole(uint32_t type, uint32_t kind, int64_t x, int64_t y) {
  return type == EB_U64 ? (int64_t)apply_unsigned(kind, (uint64_t)x, (uint64_t)y) : eb_integer_binary(kind, x, y);
}

// -1, 0 or 1; 2 where one is NaN.
static int compare(uint32_t type, const void *a, size_t i, const void *b, size_t j) {
  if (eb_type_is_real(type)) {
    const double x = eb_real_at(type, a, i), y = eb_real_at(type, b, j);
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  const int64_t x = eb_integer_at(type, a, i), y = eb_integer_at(type, b, j);
  if (type == EB_U64) return (uint64_t)x < (uint64_t)y ? -1 : x != y;
  return x < y ? -1 : x > y;
}

static bool is_true(uint32_t type, const void *a, size_t i) {
  return eb_type_is_real(type) ? eb_real_at(type, a, i) != 0 : eb_integer_at(type, a, i) != 0;
}

static bool holds(uint32_t type, uint32_t kind, const void *a, size_t i, const void *b, size_t j) {
  const int order = compare(type, a, i, b, j);
  switch (kind) {
    case EB_BINARY_EQUAL:
      return order == 0;
    case EB_BINARY_NOT_EQUAL:
      return order != 0;
    case EB_BINARY_LESS:
      return order == -1;
    case EB_BINARY_LESS_EQUAL:
      return order == -1 || order == 0;
    case EB_BINARY_GREATER:
      return order == 1;
    case EB_BINARY_GREATER_EQUAL:
      return order == 1 || order == 0;
    case EB_BINARY_LOGICAL_AND:
      return is_true(type, a, i) && is_true(type, b, j);
    default:
      return is_true(type, a, i) || is_true(type, b, j);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_binary_any_params *p = params;
  uint64_t total;
  if (!eb_element_count(p->rank, p->shape, &total) || total == 0) return;
  const void *a = operands[0], *b = operands[1];
  void *out = operands[2];
  const uint32_t last = p->rank == 0 ? 0 : p->rank - 1;
  const size_t count = p->rank == 0 ? 1 : (size_t)p->shape[last];
  const size_t a_stride = p->rank == 0 ? 0 : (size_t)p->a_strides[last];
  const size_t b_stride = p->rank == 0 ? 0 : (size_t)p->b_strides[last];
  const bool is_real = eb_type_is_real(p->type);
  size_t written = 0;
  eb_walk walk = eb_walk_start(p->rank, p->shape, 2, (const uint64_t *const[]){p->a_strides, p->b_strides});
  do {
    for (size_t k = 0; k < count; k++, written++) {
      const size_t i = walk.offsets[0] + k * a_stride, j = walk.offsets[1] + k * b_stride;
      if (is_predicate(p->kind)) {
        ((uint8_t *)out)[written] = holds(p->type, p->kind, a, i, b, j);
      } else if (is_real) {
        const double result = apply_real(p->kind, eb_real_at(p->type, a, i), eb_real_at(p->type, b, j));
        eb_set_real(p->type, out, written, result, false);
      } else {
        const int64_t x = eb_integer_at(p->type, a, i), y = eb_integer_at(p->type, b, j);
        eb_set_integer(p->type, out, written, apply_whole(p->type, p->kind, x, y));
      }
    }
  } while (eb_walk_next(&walk));
}

const eb_operator eb_binary_any = {
    .name = "binary_any", .params_bytes = sizeof(eb_binary_any_params), .accepts = accepts, .run = run};
