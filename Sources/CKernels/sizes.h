// Sizes from outside: sums and products that cannot overflow, for the `accepts` functions.
#ifndef EB_SIZES_H
#define EB_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether `bytes` hold the product of the factors; a product that overflows fits nowhere.
static inline bool eb_holds_product(size_t bytes, const uint64_t *factors, size_t count) {
  uint64_t product = 1;
  for (size_t i = 0; i < count; i++) {
    if (factors[i] == 0) return true;
  }
  for (size_t i = 0; i < count; i++) {
    if (__builtin_mul_overflow(product, factors[i], &product)) return false;
  }
  return product <= bytes;
}
#define EB_HOLDS(bytes, ...) \
  eb_holds_product((bytes), (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

// The number of elements of a shape; false where it overflows.
static inline bool eb_element_count(uint32_t rank, const uint64_t *shape, uint64_t *count) {
  uint64_t product = 1;
  bool overflow = false;
  for (uint32_t i = 0; i < rank; i++) {
    if (shape[i] == 0) {
      *count = 0;
      return true;
    }
    overflow |= __builtin_mul_overflow(product, shape[i], &product);
  }
  *count = product;
  return !overflow;
}

// Whether `bytes` hold every element that a walk over `shape` with `strides` (in elements) reaches from
// element 0. The shape must have no zero.
static inline bool eb_holds_strided(size_t bytes, uint32_t rank, const uint64_t *shape, const uint64_t *strides,
                                    uint64_t element_bytes) {
  uint64_t last = 0;
  for (uint32_t i = 0; i < rank; i++) {
    uint64_t step;
    if (__builtin_mul_overflow(shape[i] - 1, strides[i], &step)) return false;
    if (__builtin_add_overflow(last, step, &last)) return false;
  }
  if (__builtin_add_overflow(last, (uint64_t)1, &last)) return false;
  return EB_HOLDS(bytes, last, element_bytes);
}

#endif
