// Functions of one f32 without branches or calls, so that loops over them vectorise.
//
// Coefficients are minimax fits over the stated ranges. Errors are in units in the last place of the result; each bound
// holds for every 97th f32, with fused multiply-add and without, and is tested in UnaryTests.
#ifndef EB_VECTOR_MATH_H
#define EB_VECTOR_MATH_H

#include <stdint.h>
#include <string.h>

static inline uint32_t eb_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float eb_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline float eb_clamp(float x, float lo, float hi) {
  const float above = x < lo ? lo : x;  // a NaN passes
  return above > hi ? hi : above;
}

// x = n ln 2 + r, |r| <= ln 2 / 2: returns n, and e^r - 1.
static inline int32_t eb_exp_split(float x, float *expm1_r) {
  const float round = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float shifted = x * 1.442695041f + round;
  const float n = shifted - round;
  float r = x - n * 0.693359375f;  // ln 2 in two parts, the first exact times n
  r = r + n * 2.12194440e-4f;
  float q = 0.00139465f;
  q = q * r + 0.0083666f;
  q = q * r + 0.04166628f;
  q = q * r + 0.16666543f;
  q = q * r + 0.50000001f;
  *expm1_r = q * r * r + r;
  return (int32_t)eb_bits(shifted) - (int32_t)0x4B400000;
}

// As eb_exp_split, with 2^n as well, for any x. n is split in two factors, so that 2^n may be subnormal or
// 2^128 without the factors being so.
static inline void eb_exp_parts(float x, float *scale0, float *scale1, float *expm1_r) {
  const int32_t exponent = eb_exp_split(eb_clamp(x, -105.0f, 90.0f), expm1_r);
  const int32_t half = exponent >> 1;
  *scale0 = eb_from_bits((uint32_t)(half + 127) << 23);
  *scale1 = eb_from_bits((uint32_t)(exponent - half + 127) << 23);
}

// Error: 1.5.
static inline float eb_exp(float x) {
  float scale0, scale1, r;
  eb_exp_parts(x, &scale0, &scale1, &r);
  const float result = (r * scale0 + scale0) * scale1;
  return x != x ? x : result;
}

// e^x for x <= 0. Error: 1.5 where x >= -87; below, the result may be 0 instead of a subnormal.
static inline float eb_exp_falling(float x) {
  float expm1_r;
  const int32_t exponent = eb_exp_split(x < -104.0f ? -104.0f : x, &expm1_r) + 127;
  const float scale = eb_from_bits((uint32_t)(exponent > 0 ? exponent : 0) << 23);
  return expm1_r * scale + scale;
}

// e^x - 1. Error: 2.5.
static inline float eb_expm1(float x) {
  float scale0, scale1, r;
  eb_exp_parts(x, &scale0, &scale1, &r);
  const float scale = scale0 * scale1;
  const float result = r * scale + (scale - 1.0f);
  const float large = (r * scale0 + scale0) * scale1;
  const float finite = x > 87.0f ? large : result;
  return x != x ? x : finite;
}

// Error: 4, as (e^2x - 1) / (e^2x + 1).
static inline float eb_tanh(float x) {
  const float m = eb_expm1(2.0f * eb_clamp(x, -10.0f, 10.0f));
  const float result = m / (m + 2.0f);
  const float tiny = x * x < 1e-9f ? x : result;  // keeps -0
  return x != x ? x : tiny;
}

// Error: 4 where x >= -87; below, the result may be 0 instead of a subnormal.
static inline float eb_sigmoid(float x) { return 1.0f / (1.0f + eb_exp(-x)); }

// Error: 3.
static inline float eb_erf(float x) {
  const float a = x < 0 ? -x : x;
  const float z = a * a;
  float s = -5.86208211e-04f;
  s = s * z + 4.96750684e-03f;
  s = s * z + -2.67488643e-02f;
  s = s * z + 1.12813207e-01f;
  s = s * z + -3.76124459e-01f;
  s = s * z + 1.12837914f;
  const float b = a > 4.0f ? 4.0f : a;
  float t = 2.08285274e-05f;  // -ln erfc
  t = t * b + -4.31392578e-04f;
  t = t * b + 4.15625043e-03f;
  t = t * b + -2.50806055e-02f;
  t = t * b + 1.08220368e-01f;
  t = t * b + 6.33400864e-01f;
  t = t * b + 1.12948840f;
  t = t * b + -1.69203919e-04f;
  const float near = s * x;
  const float far = 1.0f - eb_exp(-t);
  const float signed_far = x < 0 ? -far : far;
  const float result = a < 0.93f ? near : signed_far;
  return x != x ? x : result;
}

// x (1 + erf(x / sqrt 2)) / 2. Error: 4 * 2^-24 (1 + |x|): erf as a quotient of polynomials, minimax to 2^-25 and off
// by 7 * 2^-24 in f32, of which half counts, times x; two roundings follow. No exponential, which costs twice the time.
static inline float eb_gelu(float x) {
  const float b = eb_clamp(x, -5.6f, 5.6f);  // beyond, the quotient is 1 or more
  const float z = b * b;
  float p = 4.4594376e-08f;
  p = p * z + 1.2579618e-05f;
  p = p * z + 3.3786596e-04f;
  p = p * z + 9.3547478e-03f;
  p = p * z + 6.7858778e-02f;
  p = p * z + 7.9788452e-01f;
  float q = 1.1796526e-06f;
  q = q * z + 7.3345414e-05f;
  q = q * z + 1.8855134e-03f;
  q = q * z + 2.8677765e-02f;
  q = q * z + 2.5171468e-01f;
  q = q * z + 1.0f;
  const float erf = eb_clamp(b * p / q, -1.0f, 1.0f);
  const float half = 0.5f * x;
  return half + half * erf;
}

// Error: 2; 0 gives -infinity, a negative number NaN.
static inline float eb_log(float x) {
  const int is_subnormal = x < 1.17549435e-38f;
  const float normal = is_subnormal ? x * 8388608.0f : x;
  const uint32_t bits = eb_bits(normal);
  // The exponent counted so that the significand lies in [sqrt(1/2), sqrt(2)).
  const uint32_t shifted = bits - 0x3F3504F3u;
  const int32_t exponent = (int32_t)shifted >> 23;
  const float m = eb_from_bits((shifted & 0x007FFFFFu) + 0x3F3504F3u);
  const float e = (float)exponent - (is_subnormal ? 23.0f : 0.0f);
  const float f = m - 1.0f;
  float p = -0.07860207f;
  p = p * f + 0.12881405f;
  p = p * f + -0.13128404f;
  p = p * f + 0.14181214f;
  p = p * f + -0.16624596f;
  p = p * f + 0.20002286f;
  p = p * f + -0.25000809f;
  p = p * f + 0.33333317f;
  const float f2 = f * f;
  float result = p * f2 * f + e * -2.12194440e-4f;
  result = result - 0.5f * f2;
  result = result + f + e * 0.693359375f;
  const float infinity = __builtin_inff();
  result = x == infinity ? infinity : result;
  result = x == 0.0f ? -infinity : result;
  result = x < 0.0f ? __builtin_nanf("") : result;
  return x != x ? x : result;
}

// ln(1 + t) for t >= 0. Error: 3.
static inline float eb_log1p(float t) {
  const float u = 1.0f + t;
  const float d = u - 1.0f;
  // The rounding of 1 + t is divided out; where nothing is left of t, ln(1 + t) is t.
  return d == 0.0f ? t : eb_log(u) * (t / (d == 0.0f ? 1.0f : d));
}

#endif
