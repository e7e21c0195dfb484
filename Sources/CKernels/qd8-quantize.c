#include "qd8-quantize.h"

#include "qs8-vector.h"

eb_qd8_range eb_qd8_range_of(const float *values, size_t count, eb_qs8_isa isa) {
  float min, max;
  eb_qs8_vector_kernels_for(isa)->extremes(values, count, &min, &max);
  return eb_qd8_range_between(min, max);
}

eb_qd8_range eb_qd8_range_between(float min, float max) {
  float width = max - min;
  // Infinite inputs have no scale; tiny ones none whose inverse is finite.
  if (!(width > 0) || !isfinite(width) || !isfinite(255.0f / width)) return (eb_qd8_range){1, 1, 0};
  const float inverse_scale = 255.0f / width;
  const float low = min * inverse_scale, high = max * inverse_scale;
  // From the end whose error is smaller.
  float zero_point = (-128 + low) + (127 + high) > 0 ? -128 - low : 127 - high;
  zero_point = zero_point < -128 ? -128 : zero_point > 127 ? 127 : zero_point;
  return (eb_qd8_range){1.0f / inverse_scale, inverse_scale, (int32_t)lrintf(zero_point)};
}

void eb_qd8_quantize(const float *values, size_t count, float inverse_scale, int32_t zero_point, eb_qs8_isa isa,
                     int8_t *out) {
  eb_qs8_vector_kernels_for(isa)->quantize(values, count, inverse_scale, zero_point, out);
}
