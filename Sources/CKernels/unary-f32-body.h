// out[i] = f(in[i]). Part of vector-body.h, which sets EB_EXP and the like.

static void EB_KERNEL(unary_f32)(const eb_unary_params *params, const float *in, float *out) {
  const size_t count = params->count;
  const float p0 = params->p0, p1 = params->p1;
#define EB_MAP(kind, expression)                      \
  case kind:                                          \
    EB_VECTORIZE for (size_t i = 0; i < count; i++) { \
      const float x = in[i];                          \
      out[i] = (expression);                          \
    }                                                 \
    break;
#define EB_CALL(kind, function)                                  \
  case kind:                                                     \
    for (size_t i = 0; i < count; i++) out[i] = function(in[i]); \
    break;
  switch (params->kind) {
    EB_MAP(EB_UNARY_RELU, x < 0.0f ? 0.0f : x)
    EB_MAP(EB_UNARY_CLAMP, eb_clamp(x, p0, p1))
    EB_MAP(EB_UNARY_LEAKY_RELU, x < 0.0f ? x * p0 : x)
    EB_MAP(EB_UNARY_ELU, x < 0.0f ? p0 * EB_EXPM1(x) : x)
    EB_MAP(EB_UNARY_SIGMOID, 1.0f / (1.0f + EB_EXP(-x)))
    EB_MAP(EB_UNARY_TANH, EB_TANH(x))
    EB_MAP(EB_UNARY_HARD_SWISH, x * eb_clamp(x + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f))
    EB_MAP(EB_UNARY_SILU, x / (1.0f + EB_EXP(-x)))
    EB_MAP(EB_UNARY_HARD_SIGMOID, eb_clamp(p0 * x + p1, 0.0f, 1.0f))
    EB_MAP(EB_UNARY_GELU, EB_GELU(x))
    EB_MAP(EB_UNARY_GELU_TANH, 0.5f * x * (1.0f + EB_TANH(0.79788456f * (x + 0.044715f * x * x * x))))
    EB_MAP(EB_UNARY_SOFTPLUS, (x > 0.0f ? x : 0.0f) + EB_LOG1P(EB_EXP(x > 0.0f ? -x : x)))
    EB_MAP(EB_UNARY_ERF, EB_ERF(x))
    EB_MAP(EB_UNARY_EXP, EB_EXP(x))
    EB_MAP(EB_UNARY_LOG, EB_LOG(x))
    EB_MAP(EB_UNARY_SQRT, __builtin_sqrtf(x))
    EB_MAP(EB_UNARY_RSQRT, 1.0f / __builtin_sqrtf(x))
    EB_MAP(EB_UNARY_SQUARE, x * x)
    EB_MAP(EB_UNARY_ABS, __builtin_fabsf(x))
    EB_MAP(EB_UNARY_NEGATE, -x)
    EB_MAP(EB_UNARY_RECIPROCAL, 1.0f / x)
    EB_MAP(EB_UNARY_FLOOR, __builtin_floorf(x))
    EB_MAP(EB_UNARY_CEIL, __builtin_ceilf(x))
    EB_MAP(EB_UNARY_ROUND, __builtin_rintf(x))  // half to even
    EB_MAP(EB_UNARY_SIGN, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
    EB_CALL(EB_UNARY_SIN, sinf)
    EB_CALL(EB_UNARY_COS, cosf)
  }
#undef EB_CALL
#undef EB_MAP
}
