// Floating-point numbers of 16 bits and fewer that neither C nor the processor has: bf16, and the formats of 8 and 4
// bits.
//
// Sources: OCP 8-bit Floating Point Specification 1.0 (e4m3fn, e5m2); Noune et al., arXiv:2206.02915 (the fnuz forms);
// OCP Microscaling Formats 1.0 (e2m1, e8m0).
#ifndef EB_SMALL_FLOAT_H
#define EB_SMALL_FLOAT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "eb_operators.h"

typedef struct {
  int mantissa_bits, bias;
  uint8_t largest;         // the code of the largest number
  uint8_t infinity, nan;   // codes without sign; 0 where there is none
  bool has_negative_zero;  // false: that code is the NaN
} eb_small_float;

// The format of an 8- or 4-bit type with a sign.
static inline eb_small_float eb_small_float_of(uint32_t type) {
  switch (type) {
    case EB_F8E4M3FN:
      return (eb_small_float){3, 7, 0x7E, 0, 0x7F, true};
    case EB_F8E4M3FNUZ:
      return (eb_small_float){3, 8, 0x7F, 0, 0x80, false};
    case EB_F8E5M2:
      return (eb_small_float){2, 15, 0x7B, 0x7C, 0x7F, true};
    case EB_F8E5M2FNUZ:
      return (eb_small_float){2, 16, 0x7F, 0, 0x80, false};
    default:  // EB_F4E2M1
      return (eb_small_float){1, 1, 0x07, 0, 0, true};
  }
}

// The number of a code without sign, which is finite.
static inline double eb_small_float_magnitude(const eb_small_float *f, uint8_t code) {
  const int exponent = code >> f->mantissa_bits;
  const int mantissa = code & ((1 << f->mantissa_bits) - 1);
  return exponent == 0 ? ldexp(mantissa, 1 - f->bias - f->mantissa_bits)
                       : ldexp(mantissa + (1 << f->mantissa_bits), exponent - f->bias - f->mantissa_bits);
}

static inline double eb_real_from_small_float(uint32_t type, uint8_t code) {
  if (type == EB_F8E8M0) return code == 0xFF ? (double)NAN : ldexp(1, code - 127);
  const eb_small_float f = eb_small_float_of(type);
  const uint8_t sign_bit = type == EB_F4E2M1 ? 0x08 : 0x80;
  const uint8_t magnitude = code & (uint8_t)(sign_bit - 1);
  if (!f.has_negative_zero && code == f.nan) return (double)NAN;
  double x;
  if (magnitude <= f.largest) {
    x = eb_small_float_magnitude(&f, magnitude);
  } else {
    x = f.infinity != 0 && magnitude == f.infinity ? (double)INFINITY : (double)NAN;
  }
  return code & sign_bit ? -x : x;
}

// A power of two, upwards where x lies between two; a NaN or a negative number gives NaN.
static inline uint8_t eb_f8e8m0_from_real(double x) {
  if (!(x >= 0)) return 0xFF;
  if (isinf(x)) return 0xFE;
  if (x == 0) return 0;
  int exponent;
  const double fraction = frexp(x, &exponent);  // in [1/2, 1)
  const int power = fraction == 0.5 ? exponent - 1 : exponent;
  return (uint8_t)(power < -127 ? 0 : power > 127 ? 254 : power + 127);
}

// The nearest number, ties to even. What is too large, infinity included, becomes the largest number where
// `saturates`, else infinity, or NaN in a format without one. The 4-bit format has neither, always
// saturates, and takes NaN as -0.
static inline uint8_t eb_small_float_from_real(uint32_t type, double x, bool saturates) {
  if (type == EB_F8E8M0) return eb_f8e8m0_from_real(x);
  const eb_small_float f = eb_small_float_of(type);
  const uint8_t sign_bit = type == EB_F4E2M1 ? 0x08 : 0x80;
  const uint8_t sign = signbit(x) ? sign_bit : 0;
  if (x != x) return type == EB_F4E2M1 ? 0x08 : f.has_negative_zero ? (uint8_t)(f.nan | sign) : f.nan;
  const double magnitude = fabs(x);
  uint32_t code = (uint32_t)f.largest + 1;
  if (magnitude < 1e6) {
    int exponent = magnitude == 0 ? 1 - f.bias : ilogb(magnitude);
    if (exponent < 1 - f.bias) exponent = 1 - f.bias;
    const double steps = rint(ldexp(magnitude, f.mantissa_bits - exponent));
    // Steps of 2 << mantissa_bits carry into the exponent; steps below 1 << mantissa_bits are subnormal.
    code = (uint32_t)steps + ((uint32_t)(exponent + f.bias - 1) << f.mantissa_bits);
  }
  if (code > f.largest) {
    if (saturates || type == EB_F4E2M1) return f.largest | sign;
    const uint8_t other = f.infinity != 0 ? f.infinity : f.nan;
    return f.has_negative_zero ? (uint8_t)(other | sign) : other;
  }
  return code == 0 && !f.has_negative_zero ? 0 : (uint8_t)(code | sign);
}

#endif
