// Sparse weights, and 4- and 8-bit weights in blocks, differ from the scalar kernels by no more than the roundings of
// both.
#include "check.h"

// A layer of either kind, its weights packed.
typedef struct {
  enum eb_op op;
  uint32_t rows, inputs, outputs;
  const void *params;  // for one instruction set
  const float *input;
  const void *packed;
  eb_requirements needed;
} layer;

static const float *run(const layer *l) {
  const size_t sizes[] = {(size_t)l->rows * l->inputs * sizeof(float), l->needed.packed_bytes,
                          (size_t)l->rows * l->outputs * sizeof(float), l->needed.scratch_bytes,
                          l->needed.workspace_bytes};
  void *operands[] = {(void *)(uintptr_t)l->input, (void *)(uintptr_t)l->packed, guarded(sizes[2], sizeof(float)),
                      guarded(sizes[3], 64), guarded(sizes[4], 8)};
  const eb_operator *operator= eb_operator_for(l->op);
  const eb_context context = {.threads = 1};
  if (!operator->accepts(l->params, sizes, 5)) {
    expect(false, "%s %ux%u to %u is refused", operator->name, l->rows, l->inputs, l->outputs);
    return operands[2];
  }
  if (operator->prepare != NULL) operator->prepare(l->params, operands);
  operator->run(l->params, operands, &context);
  return operands[2];
}

// `magnitude`: of the largest sum of the terms' absolute values.
static void expect_equal(const layer *l, const float *expected, const float *result, double magnitude,
                         enum eb_isa isa) {
  // Higham (2002), eq. 4.4, for each of the two results.
  const double tolerance = 2 * ((double)l->inputs + 4) * 0x1p-24 * magnitude;
  size_t wrong = 0;
  for (size_t i = 0; i < (size_t)l->rows * l->outputs; i++) {
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= tolerance);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s %ux%u to %u on %s: %zu outputs beyond the bound%s", eb_operator_for(l->op)->name,
         l->rows, l->inputs, l->outputs, eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

static void check_sparse(uint32_t algorithm, uint32_t block, uint32_t rows, uint32_t inputs, uint32_t outputs,
                         enum eb_isa isa) {
  seed_random((rows * 1000 + inputs) * 100 + outputs);
  float *weights = random_reals((size_t)inputs * outputs, -1, 1);
  const uint32_t kept = random_in(0, 10);
  for (size_t i = 0; i < (size_t)inputs * outputs; i++) {
    if (random_in(0, 9) >= kept) weights[i] = 0;
  }
  eb_sparse_params params = {.rows = rows,
                             .out_channels = outputs,
                             .in_channels = inputs,
                             .algorithm = algorithm,
                             .block = block,
                             .min = -3,
                             .max = 4};
  eb_sparse_count(&params, weights);
  layer l = {EB_OP_FULLY_CONNECTED_F32_SPARSE,
             rows,
             inputs,
             outputs,
             &params,
             random_reals((size_t)rows * inputs, -1, 1),
             NULL,
             eb_sparse_requirements(&params)};
  void *packed = guarded(l.needed.packed_bytes, 64);
  eb_sparse_pack(&params, weights, random_reals(outputs, -1, 1), packed);
  l.packed = packed;
  params.isa = EB_ISA_SCALAR;
  const float *expected = run(&l);
  params.isa = isa;
  expect_equal(&l, expected, run(&l), inputs + 1, isa);
}

static void check_block_weights(enum eb_op op, uint32_t rows, uint32_t blocks, uint32_t outputs, enum eb_isa isa) {
  seed_random((rows * 1000 + blocks) * 100 + outputs);
  const bool is_narrow = op == EB_OP_FULLY_CONNECTED_F32_QB4W;
  eb_block_weights_params params = {.rows = rows,
                                    .out_channels = outputs,
                                    .block = 8 * (1 + rows % 4),
                                    .half_scales = rows & 1,
                                    .min = -30,
                                    .max = 40};
  params.in_channels = blocks * params.block;
  const size_t count = (size_t)params.in_channels * outputs;
  int8_t *steps = random_steps(count);
  for (size_t i = 0; is_narrow && i < count; i++) steps[i] = (int8_t)(steps[i] >> 4);
  float *scales = random_reals((size_t)blocks * outputs, 0.5f, 1);
  for (size_t i = 0; i < (size_t)blocks * outputs; i++) scales[i] = floorf(scales[i] * 256) / 256;  // halves
  layer l = {op,
             rows,
             params.in_channels,
             outputs,
             &params,
             random_reals((size_t)rows * params.in_channels, -1, 1),
             NULL,
             eb_block_weights_requirements(op, &params)};
  void *packed = guarded(l.needed.packed_bytes, 64);
  eb_block_weights_pack(op, &params, steps, scales, random_reals(outputs, -1, 1), packed);
  l.packed = packed;
  params.isa = EB_ISA_SCALAR;
  const float *expected = run(&l);
  params.isa = isa;
  expect_equal(&l, expected, run(&l), (is_narrow ? 8.0 : 128.0) * params.in_channels + 1, isa);
}

void check_f32_narrow_weights(enum eb_isa isa) {
  for (uint32_t rows = 1; rows <= 35; rows++) {
    for (uint32_t outputs = 1; outputs <= 35; outputs += 2) {
      const uint32_t inputs = 1 + (outputs * 5 + rows) % 21;
      check_sparse(EB_SPARSE_PIXELS, 1, rows, inputs, outputs, isa);
      check_sparse(EB_SPARSE_PIXELS, 4, rows, inputs, outputs, isa);
      check_sparse(EB_SPARSE_ROWS, 1, rows, inputs, outputs, isa);
      check_sparse(EB_SPARSE_ROWS, 4, rows, inputs, outputs, isa);
      check_sparse(EB_SPARSE_MASKED, 0, rows, inputs, outputs, isa);
      check_block_weights(EB_OP_FULLY_CONNECTED_F32_QB4W, rows, 1 + inputs % 3, outputs, isa);
      check_block_weights(EB_OP_FULLY_CONNECTED_F32_QB8W, rows, 1 + inputs % 3, outputs, isa);
    }
  }
}
