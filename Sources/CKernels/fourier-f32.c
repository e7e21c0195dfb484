// Discrete Fourier transforms of any length: Cooley and Tukey (1965), one
// factor after the other; a prime factor p costs p operations an element.
#include <math.h>
#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

// In f64: a spectrum's small parts are differences of its large ones.
typedef struct {
  double re, im;
} complex64;

size_t eb_fourier_scratch_bytes(const eb_fourier_params *p) {
  if (p->length == 0 || p->length > 1u << 28) return 0;
  // Roots of unity, input, output, one element of each factor.
  return 4 * (size_t)p->length * sizeof(complex64);
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_fourier_params *p = untyped;
  const size_t scratch = eb_fourier_scratch_bytes(p);
  return operand_count == 3 && scratch != 0 && scratch <= operand_bytes[2] && p->in_count != 0 && p->out_count != 0 &&
         p->out_count <= p->length && p->in_parts >= 1 && p->in_parts <= 2 && p->out_parts >= 1 && p->out_parts <= 2 &&
         EB_HOLDS(operand_bytes[0], p->outer, p->in_count, p->inner, p->in_parts, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->outer, p->out_count, p->inner, p->out_parts, sizeof(float));
}

static complex64 product(complex64 a, complex64 b) {
  return (complex64){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static size_t factor_of(size_t n) {
  if (n % 4 == 0) return 4;
  for (size_t p = 2; p * p <= n; p++) {
    if (n % p == 0) return p;
  }
  return n;
}

typedef struct {
  size_t length;
  const complex64 *roots;  // e^(-+2 pi i k / length)
  complex64 *elements;     // of one butterfly
} transform;

// out[0..<n] = transform of the n elements of `in`, `stride` apart; n * stride
// = length. At most 28 levels deep.
static void transform_part(const transform *t, size_t n, size_t stride, const complex64 *in, complex64 *out) {
  if (n == 1) {
    *out = *in;
    return;
  }
  const size_t p = factor_of(n), m = n / p;
  for (size_t q = 0; q < p; q++) transform_part(t, m, stride * p, in + q * stride, out + q * m);
  for (size_t k = 0; k < m; k++) {
    for (size_t q = 0; q < p; q++) t->elements[q] = product(out[q * m + k], t->roots[q * k * stride]);
    for (size_t j = 0; j < p; j++) {
      complex64 sum = t->elements[0];
      size_t root = 0;
      for (size_t q = 1; q < p; q++) {
        root += j * m * stride;
        root -= root >= t->length ? t->length : 0;
        const complex64 term = product(t->elements[q], t->roots[root]);
        sum.re += term.re;
        sum.im += term.im;
      }
      out[j * m + k] = sum;
    }
  }
}

static void load(const eb_fourier_params *p, const float *in, complex64 *to) {
  memset(to, 0, p->length * sizeof(complex64));
  const size_t step = p->inner * p->in_parts;
  const size_t half = p->length / 2 + 1;
  size_t count = p->in_count < p->length ? p->in_count : p->length;
  if (p->is_half && count > half) count = half;
  for (size_t i = 0; i < count; i++) {
    to[i] = (complex64){in[i * step], p->in_parts == 2 ? in[i * step + 1] : 0};
    if (p->is_half && i != 0 && i < p->length - i) to[p->length - i] = (complex64){to[i].re, -to[i].im};
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_fourier_params *p = untyped;
  const size_t length = p->length;
  complex64 *roots = operands[2], *from = roots + length, *to = from + length;
  const transform t = {.length = length, .roots = roots, .elements = to + length};
  for (size_t k = 0; k < length; k++) {
    const double angle = 6.283185307179586 * (double)k / (double)length;
    roots[k] = (complex64){cos(angle), p->is_inverse ? sin(angle) : -sin(angle)};
  }
  const float *in = operands[0];
  float *out = operands[1];
  const size_t step = p->inner * p->out_parts;
  for (size_t o = 0; o < p->outer; o++) {
    for (size_t i = 0; i < p->inner; i++) {
      load(p, in + o * p->in_count * p->inner * p->in_parts + i * p->in_parts, from);
      transform_part(&t, length, 1, from, to);
      float *result = out + o * p->out_count * step + i * p->out_parts;
      for (size_t k = 0; k < p->out_count; k++) {
        result[k * step] = (float)(to[k].re * (double)p->scale);
        if (p->out_parts == 2) result[k * step + 1] = (float)(to[k].im * (double)p->scale);
      }
    }
  }
}

const eb_operator eb_fourier_f32 = {
    .name = "fourier_f32", .params_bytes = sizeof(eb_fourier_params), .accepts = accepts, .run = run};
