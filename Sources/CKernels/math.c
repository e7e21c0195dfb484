// Functions that the vector kernels do not have, by the C library in f64: any element type with a fraction.
#include "element.h"
#include "sizes.h"

static bool is_predicate(uint32_t kind) { return kind == EB_MATH_IS_NAN || kind == EB_MATH_IS_INFINITE; }

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_math_params *p = params;
  if (operand_count != 2 || p->kind < EB_MATH_TAN || p->kind > EB_MATH_LOG1P) return false;
  const uint32_t bytes = eb_type_bytes(p->type);
  return bytes != 0 && eb_type_is_real(p->type) && EB_HOLDS(operand_bytes[0], p->count, bytes) &&
         EB_HOLDS(operand_bytes[1], p->count, is_predicate(p->kind) ? 1 : bytes);
}

static double apply(const eb_math_params *p, double x) {
  const double p0 = (double)p->p0, p1 = (double)p->p1;
  switch (p->kind) {
    case EB_MATH_TAN:
      return tan(x);
    case EB_MATH_ASIN:
      return asin(x);
    case EB_MATH_ACOS:
      return acos(x);
    case EB_MATH_ATAN:
      return atan(x);
    case EB_MATH_SINH:
      return sinh(x);
    case EB_MATH_COSH:
      return cosh(x);
    case EB_MATH_ASINH:
      return asinh(x);
    case EB_MATH_ACOSH:
      return acosh(x);
    case EB_MATH_ATANH:
      return atanh(x);
    case EB_MATH_SOFTSIGN:
      return x / (1 + fabs(x));
    case EB_MATH_MISH:
      return x * tanh(x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));
    case EB_MATH_CELU:
      return x > 0 ? x : p0 * expm1(x / p0);
    case EB_MATH_SELU:
      return p1 * (x > 0 ? x : p0 * expm1(x));
    case EB_MATH_THRESHOLDED_RELU:
      return x > p0 ? x : 0;
    case EB_MATH_SHRINK:
      return x < -p0 ? x + p1 : x > p0 ? x - p1 : 0;
    case EB_MATH_SWISH:
      return x / (1 + exp(-p0 * x));
    case EB_MATH_EXPM1:
      return expm1(x);
    default:
      return log1p(x);
  }
}

static bool test(const eb_math_params *p, double x) {
  if (p->kind == EB_MATH_IS_NAN) return x != x;
  return isinf(x) && (x > 0 ? p->p0 != 0 : p->p1 != 0);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_math_params *p = params;
  if (is_predicate(p->kind)) {
    uint8_t *out = operands[1];
    for (size_t i = 0; i < p->count; i++) out[i] = test(p, eb_real_at(p->type, operands[0], i));
    return;
  }
  for (size_t i = 0; i < p->count; i++) {
    eb_set_real(p->type, operands[1], i, apply(p, eb_real_at(p->type, operands[0], i)), false);
  }
}

const eb_operator eb_math = {.name = "math", .params_bytes = sizeof(eb_math_params), .accepts = accepts, .run = run};
