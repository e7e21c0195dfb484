// Quantization and half precision. Part of vector-body.h.

// Steps of `scale`, within what the type holds beside the zero point; NaN gives 0.
static inline float EB_KERNEL(bounded_steps)(float x, float scale, int32_t zero_point) {
  const float steps = x / scale;
  return eb_clamp(steps != steps ? 0.0f : steps, (float)(-128 - zero_point), (float)(127 - zero_point));
}

static void EB_KERNEL(quantize_f32_i8)(size_t count, float scale, int32_t zero_point, const float *in, int8_t *out) {
  EB_VECTORIZE_CHECKED
  for (size_t i = 0; i < count; i++) {
    const float bounded = EB_KERNEL(bounded_steps)(in[i], scale, zero_point);
    // The largest float below 1/2: the sum never rounds up to the next integer.
    const float half = bounded < 0.0f ? -0.49999997f : 0.49999997f;
    out[i] = (int8_t)((int32_t)(bounded + half) + zero_point);
  }
}

static void EB_KERNEL(quantize_even_f32_i8)(size_t count, float scale, int32_t zero_point, const float *in,
                                            int8_t *out) {
  for (size_t i = 0; i < count; i++) {
    // 1.5 * 2^23: the sum's last bit is worth 1, and its low bits are the whole number.
    const float shifted = EB_KERNEL(bounded_steps)(in[i], scale, zero_point) + 12582912.0f;
    out[i] = (int8_t)((int32_t)eb_bits(shifted) - 0x4B400000 + zero_point);
  }
}

static void EB_KERNEL(dequantize_i8_f32)(size_t count, float scale, int32_t zero_point, const int8_t *in, float *out) {
  EB_VECTORIZE_CHECKED
  for (size_t i = 0; i < count; i++) out[i] = scale * (float)(in[i] - zero_point);
}

static void EB_KERNEL(f32_to_f16)(size_t count, const float *in, uint16_t *out) {
  EB_VECTORIZE_CHECKED
  for (size_t i = 0; i < count; i++) out[i] = eb_f16_from_f32(in[i]);
}

static void EB_KERNEL(f16_to_f32)(size_t count, const uint16_t *in, float *out) {
  EB_VECTORIZE_CHECKED
  for (size_t i = 0; i < count; i++) out[i] = eb_f32_from_f16(in[i]);
}
