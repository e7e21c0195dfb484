// Quantizes f32 on the fly, as XNNPACK's qd8 does: asymmetric, 8 bits, the range always including 0.
#ifndef EB_QD8_QUANTIZE_H
#define EB_QD8_QUANTIZE_H

#include "qs8-internal.h"

// real = scale * (step - zero_point)
typedef struct {
  float scale, inverse_scale;
  int32_t zero_point;
} eb_qd8_range;

// The range of `count` values. All zero gives scale 1. NaN is ignored or gives some range, but never harm.
eb_qd8_range eb_qd8_range_of(const float *values, size_t count, eb_qs8_isa isa);

// That of values whose extremes, 0 included, are these.
eb_qd8_range eb_qd8_range_between(float min, float max);

void eb_qd8_quantize(const float *values, size_t count, float inverse_scale, int32_t zero_point, eb_qs8_isa isa,
                     int8_t *out);

#endif
