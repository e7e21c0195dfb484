// Whole numbers in 64 bits, where every input has an answer: sums, products and powers wrap; a quotient or remainder by
// 0 is 0.
#ifndef EB_INTEGER_MATH_H
#define EB_INTEGER_MATH_H

#include <stdint.h>

#include "eb_operators.h"

static inline int64_t eb_floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int64_t)(0 - (uint64_t)a);  // INT64_MIN / -1 wraps
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

static inline int64_t eb_truncated_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}

static inline int64_t eb_floor_modulo(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

static inline int64_t eb_truncated_modulo(int64_t a, int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }

static inline uint64_t eb_unsigned_power(uint64_t a, uint64_t b) {
  uint64_t result = 1;
  for (; b != 0; b >>= 1) {
    if (b & 1) result *= a;
    a *= a;
  }
  return result;
}

// The integer part of a^b: 0 for a negative power of anything but 1 and -1.
static inline int64_t eb_integer_power(int64_t a, int64_t b) {
  if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
  return (int64_t)eb_unsigned_power((uint64_t)a, (uint64_t)b);
}

// By 64 or more, or by less than 0: nothing is left, or only the sign.
static inline int64_t eb_shift_left(int64_t a, int64_t b) { return b < 0 || b > 63 ? 0 : (int64_t)((uint64_t)a << b); }

static inline int64_t eb_shift_right(int64_t a, int64_t b) { return b < 0 || b > 63 ? (a < 0 ? -1 : 0) : a >> b; }

// An arithmetic or bitwise kind of enum eb_binary. Narrower types keep the low bits, so wrapping in 64 bits serves all.
static inline int64_t eb_integer_binary(uint32_t kind, int64_t x, int64_t y) {
  switch (kind) {
    case EB_BINARY_ADD:
      return (int64_t)((uint64_t)x + (uint64_t)y);
    case EB_BINARY_SUBTRACT:
      return (int64_t)((uint64_t)x - (uint64_t)y);
    case EB_BINARY_MULTIPLY:
      return (int64_t)((uint64_t)x * (uint64_t)y);
    case EB_BINARY_DIVIDE:
      return eb_truncated_divide(x, y);
    case EB_BINARY_MINIMUM:
      return x < y ? x : y;
    case EB_BINARY_MAXIMUM:
      return x > y ? x : y;
    case EB_BINARY_POWER:
      return eb_integer_power(x, y);
    case EB_BINARY_SQUARED_DIFFERENCE: {
      const uint64_t difference = (uint64_t)x - (uint64_t)y;
      return (int64_t)(difference * difference);
    }
    case EB_BINARY_FLOOR_DIVIDE:
      return eb_floor_divide(x, y);
    case EB_BINARY_TRUNCATED_MODULO:
      return eb_truncated_modulo(x, y);
    case EB_BINARY_BITWISE_AND:
      return x & y;
    case EB_BINARY_BITWISE_OR:
      return x | y;
    case EB_BINARY_BITWISE_XOR:
      return x ^ y;
    case EB_BINARY_SHIFT_LEFT:
      return eb_shift_left(x, y);
    case EB_BINARY_SHIFT_RIGHT:
      return eb_shift_right(x, y);
    default:
      return eb_floor_modulo(x, y);
  }
}

#endif
