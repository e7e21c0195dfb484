// F32 maxima are those of the scalar kernels; averages differ by no more than the roundings of both.
#include "check.h"

static const float *pool(enum eb_op op, eb_pool2d_params params, const float *in, enum eb_isa isa) {
  params.isa = isa;
  const size_t sizes[] = {(size_t)params.in_height * params.in_width * params.channels * sizeof(float),
                          (size_t)params.out_height * params.out_width * params.channels * sizeof(float)};
  void *operands[] = {(void *)(uintptr_t)in, guarded(sizes[1], sizeof(float))};
  const eb_operator *operator= eb_operator_for(op);
  const eb_context context = {.threads = 1};
  const bool is_accepted = operator->accepts(&params, sizes, 2);
  if (is_accepted) {
    operator->run(&params, operands, &context);
  } else {
    expect(false, "%s is refused on %s", operator->name, eb_isa_name(isa));
  }
  return operands[1];
}

static void check(enum eb_op op, uint32_t channels, enum eb_isa isa) {
  seed_random(op * 100 + channels);
  eb_pool2d_params params = {.batch = 1,
                             .in_height = random_in(4, 9),
                             .in_width = random_in(4, 9),
                             .channels = channels,
                             .window_height = random_in(1, 4),
                             .window_width = random_in(1, 4),
                             .stride_height = random_in(1, 3),
                             .stride_width = random_in(1, 3),
                             .counts_padding = random_in(0, 1),
                             .min = -0.5f,
                             .max = 0.75f};
  params.pad_top = random_in(0, params.window_height - 1);
  params.pad_left = random_in(0, params.window_width - 1);
  params.out_height = (params.in_height + params.pad_top - params.window_height) / params.stride_height + 1;
  params.out_width = (params.in_width + params.pad_left - params.window_width) / params.stride_width + 1;
  const float *in = random_reals((size_t)params.in_height * params.in_width * channels, -1, 1);
  const float *expected = pool(op, params, in, EB_ISA_SCALAR), *result = pool(op, params, in, isa);
  // The sum of the absolute values over their number is at most 1; the additions and the scale each round.
  const double count = (double)params.window_height * params.window_width + 2;
  const double bound = op == EB_OP_MAX_POOL2D_F32 ? 0 : 2 * count * 0x1p-24;
  size_t wrong = 0;
  for (size_t i = 0; i < (size_t)params.out_height * params.out_width * channels; i++) {
    wrong += !(fabs((double)result[i] - (double)expected[i]) <= bound);
  }
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s of %u channels on %s: %zu outputs beyond the bound%s", eb_operator_for(op)->name,
         channels, eb_isa_name(isa), wrong, is_intact ? "" : "; writes past an operand's end");
}

void check_f32_pool(enum eb_isa isa) {
  for (uint32_t channels = 1; channels <= 40; channels++) {
    check(EB_OP_MAX_POOL2D_F32, channels, isa);
    check(EB_OP_AVERAGE_POOL2D_F32, channels, isa);
  }
}
