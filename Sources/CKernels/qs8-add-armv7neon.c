// Sums of steps are defined by a fused multiply-add. The Cortex-A5, A7 and later have it for vectors; for A8 and A9 the
// C library computes it.
#if defined(__arm__)

#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("neon,vfp4"))), apply_to = function)

#include "qs8-vector.h"

static void add(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < count; i++) {
    const float rest = __builtin_fmaf((float)b[i], j.b_scale, j.offset);
    out[i] = eb_qs8_from_real(__builtin_fmaf((float)a[i], j.a_scale, rest), &j.output);
  }
}

static void add_scalar(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count, int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  const float rest = __builtin_fmaf((float)b, j.b_scale, j.offset);
  _Pragma("clang loop vectorize(assume_safety)") for (size_t i = 0; i < count; i++) {
    out[i] = eb_qs8_from_real(__builtin_fmaf((float)a[i], j.a_scale, rest), &j.output);
  }
}

#pragma clang attribute pop

void eb_qs8_add__armv7neon(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out) {
  (eb_isa_has_armv7_fma() ? add : eb_qs8_vector__scalar.add)(job, a, b, count, out);
}

void eb_qs8_add_scalar__armv7neon(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count, int8_t *out) {
  (eb_isa_has_armv7_fma() ? add_scalar : eb_qs8_vector__scalar.add_scalar)(job, a, b, count, out);
}

#endif
