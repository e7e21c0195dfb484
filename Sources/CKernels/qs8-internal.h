// What the int8 kernels share: bounds checks, the requantization, the operators' entries.
//
// qs8: signed 8-bit with one scale and zero point; qc8w: signed 8-bit weights with a scale a channel and no
// zero point; qd8: f32 quantized on the fly. The scalar files are the reference: every other kernel gives the
// same bits for qs8, and for qd8 on finite inputs.
#ifndef EB_QS8_INTERNAL_H
#define EB_QS8_INTERNAL_H

#include <math.h>
#include <string.h>

#include "eb_operators.h"
#include "eb_pack.h"

// Reading past a row's end is allowed up to this many bytes; scratch copies carry as many behind them.
#define EB_QS8_SLACK 128u

// False, with *result unchanged or wrapped, where the result does not fit.
static inline bool eb_checked_mul(uint64_t a, uint64_t b, uint64_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}
static inline bool eb_checked_add(uint64_t a, uint64_t b, uint64_t *result) {
  return !__builtin_add_overflow(a, b, result);
}
// *result = product of `count` factors.
static inline bool eb_checked_product(const uint64_t *factors, size_t count, uint64_t *result) {
  *result = 1;
  for (size_t i = 0; i < count; i++) {
    if (!eb_checked_mul(*result, factors[i], result)) return false;
  }
  return true;
}
static inline uint64_t eb_round_up(uint64_t value, uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}
static inline uint64_t eb_min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }

static inline bool eb_is_qs8(int32_t value) { return value >= -128 && value <= 127; }

// How an accumulator becomes an 8-bit step: clamp(round_to_even(acc * scale) + zero_point, min, max).
//
// The clamp comes before the conversion, where a huge or NaN product is still harmless; NaN gives `max`.
typedef struct {
  float min_less_zero_point, max_less_zero_point;
  int32_t zero_point, min, max;
} eb_qs8_output;

static inline eb_qs8_output eb_qs8_output_of(int32_t zero_point, int32_t min, int32_t max) {
  return (eb_qs8_output){(float)(min - zero_point), (float)(max - zero_point), zero_point, min, max};
}
static inline bool eb_qs8_output_is_valid(int32_t zero_point, int32_t min, int32_t max) {
  return eb_is_qs8(zero_point) && eb_is_qs8(min) && eb_is_qs8(max) && min <= max;
}
// Rounds half to even, for |value| < 2^22: adding 1.5 * 2^23 leaves the integer in the low bits.
static inline int32_t eb_round_to_even(float value) {
#pragma STDC FP_CONTRACT OFF
  const float shifted = value + 12582912.0f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return bits - 0x4B400000;
}
static inline int8_t eb_qs8_from_real(float steps, const eb_qs8_output *output) {
  steps = steps < output->max_less_zero_point ? steps : output->max_less_zero_point;
  steps = steps > output->min_less_zero_point ? steps : output->min_less_zero_point;
  return (int8_t)(eb_round_to_even(steps) + output->zero_point);
}
static inline int8_t eb_qs8_requantize(int32_t accumulator, float scale, const eb_qs8_output *output) {
  return eb_qs8_from_real((float)accumulator * scale, output);
}

// The instruction sets that int8 kernels exist for; any other runs (and is packed for) as scalar.
typedef enum {
  EB_QS8_SCALAR,
  EB_QS8_AVX2,
  EB_QS8_AVX512,
  EB_QS8_AVX512VNNI,
  EB_QS8_NEON,
  EB_QS8_NEON_DOT,
  EB_QS8_NEON_I8MM,
  EB_QS8_ARMV7_NEON,
  EB_QS8_ISA_COUNT,
} eb_qs8_isa;
eb_qs8_isa eb_qs8_isa_for(uint32_t isa);
// For operators that pack nothing.
eb_qs8_isa eb_qs8_isa_current(void);

// What pack.c dispatches to; false where a size does not fit.
bool eb_qs8_conv2d_requirements(const eb_conv2d_params *params, bool is_transposed, eb_requirements *result);
bool eb_qd8_conv2d_requirements(const eb_conv2d_params *params, eb_requirements *result);
bool eb_qs8_dwconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result);
bool eb_qd8_dwconv2d_requirements(const eb_conv2d_params *params, eb_requirements *result);
bool eb_qs8_fully_connected_requirements(const eb_fully_connected_params *params, eb_requirements *result);
bool eb_qd8_fully_connected_requirements(const eb_fully_connected_params *params, eb_requirements *result);

void eb_qs8_conv2d_pack(const eb_conv2d_params *params, bool is_transposed, const int8_t *weights, const int32_t *bias,
                        const float *scales, void *packed);
void eb_qd8_conv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const float *bias, const float *scales,
                        void *packed);
void eb_qs8_dwconv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const int32_t *bias,
                          const float *scales, void *packed);
void eb_qd8_dwconv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const float *bias, const float *scales,
                          void *packed);

#define EB_OPERATOR(number, name) extern const eb_operator name;
#include "operator-list.h"
#undef EB_OPERATOR

#endif
