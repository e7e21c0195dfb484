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

static void pack_b(const eb_matmul_params *params, const float *b, unsigned char *packed) {
  ptrdiff_t k = params->k, n = params->n;
  eb_f32_weights view = {.base = b,
                         .columns = params->n,
                         .height = 1,
                         .width = 1,
                         .channels = params->k,
                         .n_stride = params->transpose_b ? k : 1,
                         .c_stride = params->transpose_b ? 1 : n};
  eb_f32_pack_gemm(eb_f32_layout_for(params->isa), false, &view, NULL, params->scale, packed);
}

typedef struct {
  const eb_matmul_params *params;
  void *const *operands;
  const eb_context *context;
  size_t b_bytes;   // packed
  uint32_t shares;  // of the batches
} work;

static bool shares_b(const work *work) { return work->params->b_batch_stride == 0; }

// Batch `i`, with `scratch`; its product alone is run in `context`.
static void multiply_batch(const work *work, size_t i, unsigned char *scratch, const eb_context *context) {
  const eb_matmul_params *params = work->params;
  size_t m = params->m, n = params->n, k = params->k;
  const float *a = (const float *)work->operands[0] + i * params->a_batch_stride;
  if (!shares_b(work)) pack_b(params, (const float *)work->operands[1] + i * params->b_batch_stride, scratch);
  if (params->transpose_a) {
    float *rows = (float *)(void *)(scratch + work->b_bytes);
    transpose(a, m, k, rows);
    a = rows;
  }
  const eb_f32_product product = {
      .lines = 1,
      .pixels = m,
      .a = a,
      .a_pixel = (ptrdiff_t)k,
      .c = (float *)work->operands[2] + i * m * n,
      .c_pixel = (ptrdiff_t)n,
      .taps = {.outer = 1, .inner = 1, .length = k},
      .packed = shares_b(work) ? work->operands[3] : scratch,
      .depth = k,
      .columns = n,
      .min = params->min,
      .max = params->max,
  };
  eb_f32_multiply_shared(context, eb_f32_kernels_for(params->isa), eb_f32_layout_for(params->isa), &product);
}

static void multiply_batches(const void *untyped, uint32_t index, uint32_t worker) {
  const work *work = untyped;
  const eb_context alone = {.threads = 1};
  eb_span batches = eb_span_of(work->params->batch, index, work->shares);
  unsigned char *scratch = eb_worker_scratch(work->context, worker, work->operands[3]);
  for (uint64_t i = batches.first; i < batches.end; i++) multiply_batch(work, i, scratch, &alone);
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_matmul_params *params = untyped;
  uint64_t b_bytes, bytes;
  if (!scratch_sizes(params, &b_bytes, &bytes)) return;
  work work = {.params = params, .operands = operands, .context = context, .b_bytes = (size_t)b_bytes};
  if (shares_b(&work)) pack_b(params, operands[1], operands[3]);
  uint64_t steps = (uint64_t)params->batch * params->m * params->n / EB_F32_MACS_PER_STEP * params->k;
  work.shares = eb_shares(context, params->batch, steps);
  if (work.shares > 1) {
    eb_parallel(context, work.shares, multiply_batches, &work);
    return;
  }
  for (size_t i = 0; i < params->batch; i++) multiply_batch(&work, i, operands[3], context);
}

const eb_operator eb_matmul_f32 = {"matmul_f32", sizeof(eb_matmul_params), accepts, NULL, run};
