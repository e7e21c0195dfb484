// Functions of one number differ from f64's by what vector-math.h promises.
#include "check.h"
#include "eb_vector_kernels.h"

static double identity(double x) { return x; }
static double relu(double x) { return x < 0 ? 0 : x; }
static double leaky(double x) { return x < 0 ? x * 0.125 : x; }
static double elu(double x) { return x < 0 ? expm1(x) : x; }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double hard_swish(double x) { return x * fmin(fmax(x + 3, 0), 6) / 6; }
static double silu(double x) { return x / (1 + exp(-x)); }
static double gelu(double x) { return 0.5 * x * erfc(-x * sqrt(0.5)); }
static double gelu_tanh(double x) { return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double rsqrt(double x) { return 1 / sqrt(x); }
static double square(double x) { return x * x; }
static double negate(double x) { return -x; }
static double reciprocal(double x) { return 1 / x; }

// `ulps` in units in the last place; `cancellation` besides, in 2^-24 (1 + |x|), where terms cancel: as UnaryTests has
// them.
static const struct {
  enum eb_unary kind;
  double (*reference)(double);
  float low, high;
  double ulps, cancellation;
} cases[] = {
    {EB_UNARY_RELU, relu, -30, 30, 0.5, 0},
    {EB_UNARY_LEAKY_RELU, leaky, -30, 30, 0.5, 0},
    {EB_UNARY_ELU, elu, -30, 30, 2.5, 0},
    {EB_UNARY_SIGMOID, sigmoid, -30, 30, 4, 0},
    {EB_UNARY_TANH, tanh, -30, 30, 4, 0},
    {EB_UNARY_HARD_SWISH, hard_swish, -30, 30, 2, 1},
    {EB_UNARY_SILU, silu, -30, 30, 4.5, 0},
    {EB_UNARY_GELU, gelu, -30, 30, 4, 2},
    {EB_UNARY_GELU_TANH, gelu_tanh, -30, 30, 6, 3},
    {EB_UNARY_SOFTPLUS, softplus, -30, 30, 5, 0},
    {EB_UNARY_ERF, erf, -30, 30, 3, 0},
    {EB_UNARY_EXP, exp, -30, 30, 1.5, 0},
    {EB_UNARY_LOG, log, 1e-30f, 1e30f, 2, 0},
    {EB_UNARY_LOG, log, 0.5f, 2, 2, 0},
    {EB_UNARY_SQRT, sqrt, 0, 1e6f, 0.5, 0},
    {EB_UNARY_RSQRT, rsqrt, 1e-6f, 1e6f, 1.5, 0},
    {EB_UNARY_SQUARE, square, -30, 30, 0.5, 0},
    {EB_UNARY_ABS, fabs, -30, 30, 0.5, 0},
    {EB_UNARY_NEGATE, negate, -30, 30, 0.5, 0},
    {EB_UNARY_RECIPROCAL, reciprocal, -30, 30, 0.5, 0},
    {EB_UNARY_FLOOR, floor, -30, 30, 0.5, 0},
    {EB_UNARY_CEIL, ceil, -30, 30, 0.5, 0},
    {EB_UNARY_ROUND, nearbyint, -30, 30, 0.5, 0},
    {EB_UNARY_CLAMP, identity, -0.5f, 0.5f, 0.5, 0},
};

// A unit in the last place of an f32 near `x`.
static double unit(double x) {
  int exponent;
  frexp(x, &exponent);
  return ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
}

static void check(size_t index, size_t count, enum eb_isa isa) {
  seed_random(index * 1000 + count);
  const eb_unary_params params = {.count = count,
                                  .kind = cases[index].kind,
                                  .p0 = cases[index].kind == EB_UNARY_CLAMP ? -1
                                        : cases[index].kind == EB_UNARY_ELU ? 1
                                                                            : 0.125f,
                                  .p1 = 1};
  const float *in = random_reals(count, cases[index].low, cases[index].high);
  float *out = guarded(count * sizeof(float), sizeof(float));
  eb_vector_kernels_for(isa)->unary_f32(&params, in, out);
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    const double expected = cases[index].reference((double)in[i]);
    // NEON of ARMv7 takes subnormals for 0.
    const double bound =
        cases[index].ulps * unit(expected) + cases[index].cancellation * 0x1p-24 * (1 + fabs((double)in[i])) + 0x1p-126;
    wrong += !(fabs((double)out[i] - expected) <= bound);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "unary kind %u of %zu on %s: %zu beyond the bound%s", cases[index].kind, count,
         eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

void check_vector_unary(enum eb_isa isa) {
  for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
    for (size_t count = 1; count <= 35; count++) check(index, count, isa);
    check(index, 2000, isa);
  }
}
