// Holds the kernels of each instruction set against the scalar ones, on the processor that this runs on.
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_operators.h"
#include "eb_pack.h"

// One operator and shape, compared on one instruction set. A failure is printed with the seed and `format`.
void expect(bool is_met, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned passed_count(void), failed_count(void);

// From a sequence that `seed` starts, so that a failure can be repeated.
void seed_random(uint64_t seed);
uint32_t random_in(uint32_t low, uint32_t high);  // both included
float random_real(float low, float high);

// Memory of the caller's instruction: reading or writing past its end faults, `alignment` bytes excepted, where
// writing is noticed by release_all(). Zeroed.
void *guarded(size_t bytes, size_t alignment);
// Ends the life of all guarded memory; false if something was written past an end.
bool release_all(void);

float *random_reals(size_t count, float low, float high);
// Any steps; one time in four only -128 and 127, mostly -128, where narrow sums overflow first.
int8_t *random_steps(size_t count);
int32_t *random_bias(size_t count);
// Scales that leave most results within 8 bits; now and then all make ties, or one is NaN, infinite or huge.
float *random_scales(size_t count);
float *absolute(const float *values, size_t count);

// The instruction sets to compare with EB_ISA_SCALAR, worst first, ended by EB_ISA_SCALAR.
extern const enum eb_isa instruction_sets[];

void check_detection(const char *expected_name);
void check_qs8_convolution(enum eb_isa isa);
void check_qs8_fully_connected(enum eb_isa isa);
void check_f32_convolution(enum eb_isa isa);
void check_f32_fully_connected(enum eb_isa isa);
void check_f32_matmul(enum eb_isa isa);
void check_f32_narrow_weights(enum eb_isa isa);
void check_f32_pool(enum eb_isa isa);
void check_qs8_elements(enum eb_isa isa);
void check_vector_unary(enum eb_isa isa);
void check_vector_rows(enum eb_isa isa);

#endif
