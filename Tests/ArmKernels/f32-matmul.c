// F32 batched products differ from the scalar kernels by no more than the roundings of both.
#include "check.h"

static const float *product(eb_matmul_params params, const float *a, const float *b, enum eb_isa isa) {
  params.isa = isa;
  const eb_requirements needed = eb_matmul_requirements(&params);
  const size_t a_count = (size_t)params.batch * params.m * params.k,
               b_count = (size_t)params.batch * params.k * params.n;
  const size_t sizes[] = {a_count * sizeof(float), b_count * sizeof(float),
                          (size_t)params.batch * params.m * params.n * sizeof(float), needed.scratch_bytes};
  void *operands[] = {(void *)(uintptr_t)a, (void *)(uintptr_t)b, guarded(sizes[2], sizeof(float)),
                      guarded(sizes[3], 64)};
  const eb_operator *operator= eb_operator_for(EB_OP_MATMUL_F32);
  const eb_context context = {.threads = 1};
  const bool is_accepted = operator->accepts(&params, sizes, 4);
  if (is_accepted) {
    operator->run(&params, operands, &context);
  } else {
    expect(false, "matmul_f32 %ux%ux%u is refused on %s", params.m, params.k, params.n, eb_isa_name(isa));
  }
  return operands[2];
}

static void check(uint32_t m, uint32_t n, uint32_t k, enum eb_isa isa) {
  seed_random((m * 100 + n) * 100 + k);
  const eb_matmul_params params = {.batch = 2,
                                   .m = m,
                                   .n = n,
                                   .k = k,
                                   .transpose_a = random_in(0, 1),
                                   .transpose_b = random_in(0, 1),
                                   .a_batch_stride = (uint64_t)m * k,
                                   .b_batch_stride = (uint64_t)k * n,
                                   .scale = 0.5f,
                                   .min = -INFINITY,
                                   .max = INFINITY};
  const size_t a_count = (size_t)2 * m * k, b_count = (size_t)2 * k * n;
  const float *a = random_reals(a_count, -1, 1), *b = random_reals(b_count, -1, 1);
  const float *sums = product(params, absolute(a, a_count), absolute(b, b_count), EB_ISA_SCALAR);
  const float *expected = product(params, a, b, EB_ISA_SCALAR), *result = product(params, a, b, isa);
  size_t wrong = 0;
  for (size_t i = 0; i < (size_t)2 * m * n; i++) {
    // Higham (2002), eq. 4.4, for each of the two results; scaling by a half is exact.
    const double each = (k + 1.0) * 0x1p-24 * (double)sums[i] * (1 + k * 0x1p-23) + 0x1p-126;
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= 2 * each);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "matmul_f32 %ux%ux%u on %s: %zu outputs beyond the bound%s", m, k, n,
         eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

void check_f32_matmul(enum eb_isa isa) {
  for (uint32_t m = 1; m <= 10; m++) {
    for (uint32_t n = 1; n <= 18; n++) check(m, n, 1 + (m * 7 + n * 3) % 19, isa);
  }
}
