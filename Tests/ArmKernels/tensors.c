#include "check.h"

float *random_reals(size_t count, float low, float high) {
  float *values = guarded(count * sizeof *values, sizeof *values);
  for (size_t i = 0; i < count; i++) values[i] = random_real(low, high);
  return values;
}

int8_t *random_steps(size_t count) {
  int8_t *values = guarded(count, 1);
  const bool is_extreme = random_in(0, 3) == 0;
  for (size_t i = 0; i < count; i++) {
    values[i] = is_extreme ? (random_in(0, 9) == 0 ? 127 : -128) : (int8_t)((int)random_in(0, 255) - 128);
  }
  return values;
}

int32_t *random_bias(size_t count) {
  int32_t *values = guarded(count * sizeof *values, sizeof *values);
  for (size_t i = 0; i < count; i++) values[i] = (int32_t)random_in(0, 20000) - 10000;
  return values;
}

float *random_scales(size_t count) {
  static const float odd[] = {NAN, INFINITY, 1e30f, 0, -0.01f};
  // Of a power of two many products lie half way between two steps.
  const bool has_ties = random_in(0, 3) == 0;
  float *scales = has_ties ? random_reals(count, 0x1p-8f, 0x1p-8f) : random_reals(count, 0.0005f, 0.01f);
  if (random_in(0, 3) == 0) scales[random_in(0, (uint32_t)count - 1)] = odd[random_in(0, 4)];
  return scales;
}

float *absolute(const float *values, size_t count) {
  float *result = guarded(count * sizeof *result, sizeof *result);
  for (size_t i = 0; i < count; i++) result[i] = fabsf(values[i]);
  return result;
}
