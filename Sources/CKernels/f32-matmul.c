// Batched product of two activations: b is packed into the scratch like weights, times the scale; a only where
// it comes transposed. A b that all batches share is packed once.
#include "f32-internal.h"
#include "f32-pack.h"
#include "f32-product.h"
#include "sizes.h"

// Scratch: packed b, then a. False where a size is zero, there are no kernels, or a size overflows.
static bool scratch_sizes(const eb_matmul_params *params, uint64_t *b_bytes, uint64_t *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  if (layout == NULL || params->batch == 0 || params->m == 0 || params->n == 0 || params->k == 0) return false;
  uint64_t columns = eb_f32_padded_columns(layout, params->n), a_bytes = 0;
  if (__builtin_mul_overflow(columns, eb_f32_column_bytes(params->k, false), b_bytes)) return false;
  if (params->transpose_a && __builtin_mul_overflow((uint64_t)params->m * params->k, sizeof(float), &a_bytes)) {
    return false;
  }
  return !__builtin_add_overflow(*b_bytes, a_bytes, bytes) && *bytes <= SIZE_MAX;
}

eb_requirements eb_matmul_requirements(const eb_matmul_params *params) {
  uint64_t b_bytes, bytes;
  if (!scratch_sizes(params, &b_bytes, &bytes)) {
    return (eb_requirements){.packed_bytes = SIZE_MAX, .scratch_bytes = SIZE_MAX};
  }
  return (eb_requirements){.algorithm = EB_F32_GEMM, .scratch_bytes = (size_t)bytes};
}

// Whether `bytes` hold `batch` matrices of rows x columns, batch_stride apart.
static bool holds_batches(size_t bytes, uint64_t batch, uint64_t batch_stride, uint64_t rows, uint64_t columns) {
  uint64_t last;
  if (__builtin_mul_overflow(batch - 1, batch_stride, &last)) return false;
  if (__builtin_add_overflow(last, rows * columns, &last)) return false;
  return EB_HOLDS(bytes, last, sizeof(float));
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_matmul_params *params = untyped;
  uint64_t b_bytes, bytes;
  return operand_count >= 4 && eb_f32_kernels_for(params->isa) != NULL && scratch_sizes(params, &b_bytes, &bytes) &&
         holds_batches(operand_bytes[0], params->batch, params->a_batch_stride, params->m, params->k) &&
         holds_batches(operand_bytes[1], params->batch, params->b_batch_stride, params->k, params->n) &&
         EB_HOLDS(operand_bytes[2], params->batch, params->m, params->n, sizeof(float)) && bytes <= operand_bytes[3];
}

static void transpose(const float *from, size_t rows, size_t columns, float *to) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < columns; c++) to[r * columns + c] = from[c * rows + r];
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_matmul_params *params = untyped;
  const eb_f32_kernels *kernels = eb_f32_kernels_for(params->isa);
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  size_t m = params->m, n = params->n, k = params->k;
  uint64_t b_bytes, bytes;
  if (!scratch_sizes(params, &b_bytes, &bytes)) return;
  unsigned char *packed_b = operands[3];
  float *a_rows = (float *)(packed_b + b_bytes);
  eb_f32_product product = {
      .lines = 1,
      .pixels = m,
      .a_pixel = (ptrdiff_t)k,
      .c_pixel = (ptrdiff_t)n,
      .taps = {.outer = 1, .inner = 1, .length = k},
      .packed = packed_b,
      .depth = k,
      .columns = n,
      .min = params->min,
      .max = params->max,
  };
  for (size_t i = 0; i < params->batch; i++) {
    const float *a = (const float *)operands[0] + i * params->a_batch_stride;
    if (i == 0 || params->b_batch_stride != 0) {
      eb_f32_weights b = {.base = (const float *)operands[1] + i * params->b_batch_stride,
                          .columns = n,
                          .height = 1,
                          .width = 1,
                          .channels = k,
                          .n_stride = params->transpose_b ? (ptrdiff_t)k : 1,
                          .c_stride = params->transpose_b ? 1 : (ptrdiff_t)n};
      eb_f32_pack_gemm(layout, false, &b, NULL, params->scale, packed_b);
    }
    if (params->transpose_a) transpose(a, m, k, a_rows);
    product.a = params->transpose_a ? a_rows : a;
    product.c = (float *)operands[2] + i * m * n;
    eb_f32_multiply(kernels, layout, &product);
  }
}

const eb_operator eb_matmul_f32 = {"matmul_f32", sizeof(eb_matmul_params), accepts, NULL, run};
