// One element of any type, as a number: for operators that are not worth a loop for each type.
#ifndef EB_ELEMENT_H
#define EB_ELEMENT_H

#include "half.h"
#include "small-float.h"

// In bits; 0 for what is not a type.
static inline uint32_t eb_bit_width(uint32_t type) {
  switch (type) {
    case EB_I2:
    case EB_U2:
      return 2;
    case EB_I4:
    case EB_U4:
    case EB_F4E2M1:
      return 4;
    case EB_I8:
    case EB_U8:
    case EB_BOOL:
    case EB_F8E4M3FN:
    case EB_F8E4M3FNUZ:
    case EB_F8E5M2:
    case EB_F8E5M2FNUZ:
    case EB_F8E8M0:
      return 8;
    case EB_F16:
    case EB_BF16:
    case EB_I16:
    case EB_U16:
      return 16;
    case EB_F32:
    case EB_I32:
    case EB_U32:
      return 32;
    case EB_F64:
    case EB_I64:
    case EB_U64:
      return 64;
    default:
      return 0;
  }
}

// In whole bytes; 0 for types that share bytes, and for what is not a type.
static inline uint32_t eb_type_bytes(uint32_t type) { return eb_bit_width(type) / 8; }

static inline bool eb_type_is_real(uint32_t type) {
  return type == EB_F32 || type == EB_F64 || type == EB_F16 || (type >= EB_BF16 && type <= EB_F8E8M0);
}

static inline float eb_f32_from_bf16(uint16_t bits) { return eb_from_bits((uint32_t)bits << 16); }

// Half to even; NaN stays NaN.
static inline uint16_t eb_bf16_from_f32(float x) {
  const uint32_t bits = eb_bits(x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return (uint16_t)(bits >> 16 | 0x0040u);
  return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

// To odd where it is not exact, so that rounding once more, to 16 bits, rounds as if from the f64.
static inline float eb_f32_to_odd(double x) {
  const float nearest = (float)x;
  if (x != x || (double)nearest == x || isinf(nearest)) return nearest;
  const uint32_t bits = eb_bits(nearest);
  if (bits & 1) return nearest;
  return eb_from_bits(fabs((double)nearest) > fabs(x) ? bits - 1 : bits | 1);
}

// Elements narrower than a byte: the first in the lowest bits.
static inline uint32_t eb_bits_at(const uint8_t *bytes, uint32_t width, size_t index) {
  const size_t per_byte = 8 / width;
  return (uint32_t)(bytes[index / per_byte] >> (index % per_byte * width)) & ((1u << width) - 1);
}

static inline void eb_set_bits(uint8_t *bytes, uint32_t width, size_t index, uint32_t value) {
  const size_t per_byte = 8 / width;
  const uint32_t shift = (uint32_t)(index % per_byte * width), mask = ((1u << width) - 1) << shift;
  bytes[index / per_byte] = (uint8_t)((bytes[index / per_byte] & ~mask) | ((value << shift) & mask));
}

// An element of a type with a fraction.
static inline double eb_real_at(uint32_t type, const void *in, size_t i) {
  switch (type) {
    case EB_F32:
      return ((const float *)in)[i];
    case EB_F64:
      return ((const double *)in)[i];
    case EB_F16:
      return eb_f32_from_f16(((const uint16_t *)in)[i]);
    case EB_BF16:
      return eb_f32_from_bf16(((const uint16_t *)in)[i]);
    case EB_F4E2M1:
      return eb_real_from_small_float(type, (uint8_t)eb_bits_at(in, 4, i));
    default:
      return eb_real_from_small_float(type, ((const uint8_t *)in)[i]);
  }
}

static inline void eb_set_real(uint32_t type, void *out, size_t i, double x, bool saturates) {
  switch (type) {
    case EB_F32:
      ((float *)out)[i] = (float)x;
      break;
    case EB_F64:
      ((double *)out)[i] = x;
      break;
    case EB_F16:
      ((uint16_t *)out)[i] = eb_f16_from_f32(eb_f32_to_odd(x));
      break;
    case EB_BF16:
      ((uint16_t *)out)[i] = eb_bf16_from_f32(eb_f32_to_odd(x));
      break;
    case EB_F4E2M1:
      eb_set_bits(out, 4, i, eb_small_float_from_real(type, x, true));
      break;
    default:
      ((uint8_t *)out)[i] = eb_small_float_from_real(type, x, saturates);
      break;
  }
}

// An element of a type of whole numbers; u64 as i64's bits.
static inline int64_t eb_integer_at(uint32_t type, const void *in, size_t i) {
  switch (type) {
    case EB_I8:
      return ((const int8_t *)in)[i];
    case EB_U8:
      return ((const uint8_t *)in)[i];
    case EB_BOOL:
      return ((const uint8_t *)in)[i] != 0;
    case EB_I16:
      return ((const int16_t *)in)[i];
    case EB_U16:
      return ((const uint16_t *)in)[i];
    case EB_I32:
      return ((const int32_t *)in)[i];
    case EB_U32:
      return ((const uint32_t *)in)[i];
    case EB_I4:
      return (int64_t)(eb_bits_at(in, 4, i) ^ 8u) - 8;
    case EB_U4:
      return eb_bits_at(in, 4, i);
    case EB_I2:
      return (int64_t)(eb_bits_at(in, 2, i) ^ 2u) - 2;
    case EB_U2:
      return eb_bits_at(in, 2, i);
    default:
      return ((const int64_t *)in)[i];
  }
}

// Keeps the low bits.
static inline void eb_set_integer(uint32_t type, void *out, size_t i, int64_t x) {
  switch (type) {
    case EB_BOOL:
      ((uint8_t *)out)[i] = x != 0;
      break;
    case EB_I8:
    case EB_U8:
      ((uint8_t *)out)[i] = (uint8_t)x;
      break;
    case EB_I16:
    case EB_U16:
      ((uint16_t *)out)[i] = (uint16_t)x;
      break;
    case EB_I32:
    case EB_U32:
      ((uint32_t *)out)[i] = (uint32_t)x;
      break;
    case EB_I4:
    case EB_U4:
      eb_set_bits(out, 4, i, (uint32_t)x);
      break;
    case EB_I2:
    case EB_U2:
      eb_set_bits(out, 2, i, (uint32_t)x);
      break;
    default:
      ((int64_t *)out)[i] = x;
      break;
  }
}

#endif
