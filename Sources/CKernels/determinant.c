// Determinants by elimination with the largest pivot, in f64. Matrices are small: the work area is on the stack.
#include <math.h>

#include "eb_operators.h"
#include "sizes.h"

enum { largest_size = 64 };

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_determinant_params *p = params;
  return operand_count == 2 && p->size >= 1 && p->size <= largest_size &&
         EB_HOLDS(operand_bytes[0], p->batch, p->size, p->size, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->batch, sizeof(float));
}

static double determinant(double rows[largest_size][largest_size], size_t size) {
  double product = 1;
  for (size_t k = 0; k < size; k++) {
    size_t pivot = k;
    for (size_t r = k + 1; r < size; r++) {
      if (fabs(rows[r][k]) > fabs(rows[pivot][k])) pivot = r;
    }
    if (pivot != k) {
      product = -product;
      for (size_t c = k; c < size; c++) {
        const double x = rows[k][c];
        rows[k][c] = rows[pivot][c];
        rows[pivot][c] = x;
      }
    }
    product *= rows[k][k];
    if (rows[k][k] == 0) return 0;
    for (size_t r = k + 1; r < size; r++) {
      const double factor = rows[r][k] / rows[k][k];
      for (size_t c = k; c < size; c++) rows[r][c] -= factor * rows[k][c];
    }
  }
  return product;
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_determinant_params *p = params;
  const float *in = operands[0];
  float *out = operands[1];
  double rows[largest_size][largest_size];
  for (size_t b = 0; b < p->batch; b++, in += p->size * p->size) {
    for (size_t r = 0; r < p->size; r++) {
      for (size_t c = 0; c < p->size; c++) rows[r][c] = (double)in[r * p->size + c];
    }
    out[b] = (float)determinant(rows, (size_t)p->size);
  }
}

const eb_operator eb_determinant_f32 = {
    .name = "determinant_f32", .params_bytes = sizeof(eb_determinant_params), .accepts = accepts, .run = run};
