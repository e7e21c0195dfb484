// Quantization and half precision. Part of vector-body.h.

static void EB_KERNEL(quantize_f32_i8)(size_t count, float scale, int32_t zero_point, const float *in, int8_t *out) {
  const float lowest = (float)(-128 - zero_point), highest = (float)(127 - zero_point);
  EB_VECTORIZE_CHECKED
  for (size_t i = 0; i < count; i++) {
    const float steps = in[i] / scale;
    const float number = steps != steps ? 0.0f : steps;
    const float bounded = eb_clamp(number, lowest, highest);
    // The largest float below 1/2: the sum never rounds up to the next integer.
    const float half = bounded < 0.0f ? -0.49999997f : 0.49999997f;
    out[i] = (int8_t)((int32_t)(bounded + half) + zero_point);
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
