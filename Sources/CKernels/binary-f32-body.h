// out[i] = clamp(a[i * a_stride] op b[i * b_stride]). Part of vector-body.h.

static inline float EB_KERNEL(floor_modulo)(float a, float b) {
  const float remainder = fmodf(a, b);
  return remainder != 0.0f && (remainder < 0.0f) != (b < 0.0f) ? remainder + b : remainder;
}

static inline __attribute__((always_inline)) void EB_KERNEL(binary_f32_strided)(uint32_t kind, float min, float max,
                                                                                size_t count, const float *a, size_t sa,
                                                                                const float *b, size_t sb, float *out) {
#define EB_MAP(kind, expression)                      \
  case kind:                                          \
    EB_VECTORIZE for (size_t i = 0; i < count; i++) { \
      const float x = a[i * sa], y = b[i * sb];       \
      out[i] = eb_clamp((expression), min, max);      \
    }                                                 \
    break;
#define EB_CALL(kind, function)                                                                     \
  case kind:                                                                                        \
    for (size_t i = 0; i < count; i++) out[i] = eb_clamp(function(a[i * sa], b[i * sb]), min, max); \
    break;
  switch (kind) {
    EB_MAP(EB_BINARY_ADD, x + y)
    EB_MAP(EB_BINARY_SUBTRACT, x - y)
    EB_MAP(EB_BINARY_MULTIPLY, x * y)
    EB_MAP(EB_BINARY_DIVIDE, x / y)
    EB_MAP(EB_BINARY_MINIMUM, x < y || x != x ? x : y)
    EB_MAP(EB_BINARY_MAXIMUM, x > y || x != x ? x : y)
    EB_MAP(EB_BINARY_SQUARED_DIFFERENCE, (x - y) * (x - y))
    EB_MAP(EB_BINARY_PRELU, x >= 0.0f ? x : x * y)
    EB_MAP(EB_BINARY_FLOOR_DIVIDE, __builtin_floorf(x / y))
    EB_CALL(EB_BINARY_POWER, powf)
    EB_CALL(EB_BINARY_FLOOR_MODULO, EB_KERNEL(floor_modulo))
  }
#undef EB_CALL
#undef EB_MAP
}

static void EB_KERNEL(binary_f32_row)(const eb_binary_params *p, size_t count, const float *a, size_t sa,
                                      const float *b, size_t sb, float *out) {
  if (sa == 1 && sb == 1) {
    EB_KERNEL(binary_f32_strided)(p->kind, p->min, p->max, count, a, 1, b, 1, out);
  } else if (sa == 1 && sb == 0) {
    EB_KERNEL(binary_f32_strided)(p->kind, p->min, p->max, count, a, 1, b, 0, out);
  } else if (sa == 0 && sb == 1) {
    EB_KERNEL(binary_f32_strided)(p->kind, p->min, p->max, count, a, 0, b, 1, out);
  } else {
    EB_KERNEL(binary_f32_strided)(p->kind, p->min, p->max, count, a, sa, b, sb, out);
  }
}
