// Int8 kernels whose one C source (qs8-vector-kernels.h) the compiler vectorises for each instruction set.
#ifndef EB_QS8_VECTOR_H
#define EB_QS8_VECTOR_H

#include "qs8-internal.h"

// One output pixel of a pooling: `height` x `width` input pixels, rows `row_bytes` apart.
typedef struct {
  size_t channels, row_bytes, height, width;
  int32_t in_zero_point;
  float scale;  // average: in_scale / (out_scale * divisor)
  // Average: not 0 where input and output have the same steps; then the sum of steps is divided by this, and ties go
  // away from zero, as LiteRT has it.
  uint32_t divisor;
  eb_qs8_output output;
} eb_qs8_pool_job;

// Sum: a_scale * a + (b_scale * b + offset), each bracket rounded once; the offset holds both zero points.
// Product: a_scale * (a - a_zero_point) * (b - b_zero_point).
typedef struct {
  float a_scale, b_scale, offset;
  int32_t a_zero_point, b_zero_point;
  eb_qs8_output output;
} eb_qs8_binary_job;

typedef struct {
  void (*max_pool)(const eb_qs8_pool_job *job, const int8_t *in, int8_t *out);
  void (*average_pool)(const eb_qs8_pool_job *job, const int8_t *in, int8_t *out);
  // Of `count` elements each; the second operand of the `_scalar` forms is one element.
  void (*add)(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out);
  void (*add_scalar)(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count, int8_t *out);
  void (*multiply)(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out);
  void (*multiply_scalar)(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count, int8_t *out);
  // sums[i] += in[i]; and the sum of all.
  void (*accumulate)(const int8_t *in, size_t count, int32_t *sums);
  int32_t (*sum)(const int8_t *in, size_t count);
  // qd8: *min <= 0 <= *max over the values and 0; steps = clamp(round(value * inverse_scale) + zero_point).
  void (*extremes)(const float *values, size_t count, float *min, float *max);
  void (*quantize)(const float *values, size_t count, float inverse_scale, int32_t zero_point, int8_t *out);
} eb_qs8_vector_kernels;

// Scales of a sum stay below this, so that no sum leaves 32 bits.
#define EB_QS8_SCALE_LIMIT 0x1p20f

// The sum written out for AVX-512, which the compiler's own version takes twice as long for.
void eb_qs8_add__avx512(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out);

// The same for the quantization of qd8.
void eb_qd8_quantize__avx512(const float *values, size_t count, float inverse_scale, int32_t zero_point, int8_t *out);

// Sums for 32-bit ARM: vectors where the processor has the fused multiply-add that they are defined by.
void eb_qs8_add__armv7neon(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count, int8_t *out);
void eb_qs8_add_scalar__armv7neon(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count, int8_t *out);

extern const eb_qs8_vector_kernels eb_qs8_vector__scalar, eb_qs8_vector__avx2, eb_qs8_vector__avx512;
extern const eb_qs8_vector_kernels eb_qs8_vector__armv7neon;

const eb_qs8_vector_kernels *eb_qs8_vector_kernels_for(eb_qs8_isa isa);

#endif
