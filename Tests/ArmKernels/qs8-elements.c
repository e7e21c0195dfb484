// Int8 sums, products and pooling give the scalar kernels' bits.
#include <string.h>

#include "check.h"

static const int8_t *run(enum eb_op op, const void *params, const size_t *sizes, void *const *inputs, size_t count,
                         enum eb_isa isa) {
  void *operands[3] = {0};
  for (size_t i = 0; i + 1 < count; i++) operands[i] = inputs[i];
  operands[count - 1] = guarded(sizes[count - 1], 1);
  const eb_operator *operator= eb_operator_for(op);
  const eb_context context = {.threads = 1};
  eb_isa_select(isa);
  if (operator->accepts(params, sizes, count)) {
    operator->run(params, operands, &context);
  } else {
    expect(false, "%s is refused on %s", operator->name, eb_isa_name(isa));
  }
  return operands[count - 1];
}

static void compare(enum eb_op op, const void *params, const size_t *sizes, void *const *inputs, size_t count,
                    size_t length, enum eb_isa isa) {
  const int8_t *expected = run(op, params, sizes, inputs, count, EB_ISA_SCALAR);
  const int8_t *result = run(op, params, sizes, inputs, count, isa);
  const bool is_equal = memcmp(expected, result, sizes[count - 1]) == 0, is_intact = release_all();
  expect(is_equal && is_intact, "%s of %zu on %s: %s", eb_operator_for(op)->name, length, eb_isa_name(isa),
         is_intact ? "not the scalar kernel's bits" : "writes past an operand's end");
}

static void check_binary(enum eb_binary kind, size_t count, bool is_broadcast, enum eb_isa isa) {
  seed_random(kind * 1000 + count);
  eb_binary_params params = {.kind = kind, .rank = 1, .shape = {count}, .a_strides = {1}, .b_strides = {!is_broadcast}};
  params.a_scale = random_real(0.001f, 0.1f);
  params.b_scale = random_real(0.001f, 0.1f);
  params.out_scale = random_real(0.001f, 0.1f);
  params.a_zero_point = (int32_t)random_in(0, 255) - 128;
  params.b_zero_point = (int32_t)random_in(0, 255) - 128;
  params.out_zero_point = (int32_t)random_in(0, 255) - 128;
  params.out_min = -120;
  params.out_max = 121;
  const size_t b_count = is_broadcast ? 1 : count;
  void *inputs[] = {random_steps(count), random_steps(b_count)};
  const size_t sizes[] = {count, b_count, count};
  compare(EB_OP_BINARY_QS8, &params, sizes, inputs, 3, count, isa);
}

static void check_pool(enum eb_op op, uint32_t channels, enum eb_isa isa) {
  seed_random(op * 100 + channels);
  const eb_pool2d_params params = {.batch = 1,
                                   .in_height = 5,
                                   .in_width = 6,
                                   .channels = channels,
                                   .out_height = 3,
                                   .out_width = 3,
                                   .window_height = random_in(1, 4),
                                   .window_width = random_in(1, 4),
                                   .stride_height = 2,
                                   .stride_width = 2,
                                   .in_zero_point = (int32_t)random_in(0, 255) - 128,
                                   .out_zero_point = (int32_t)random_in(0, 255) - 128,
                                   .scale = random_in(0, 1) == 0 ? 1 : random_real(0.5f, 2),
                                   .out_min = -120,
                                   .out_max = 121};
  void *inputs[] = {random_steps((size_t)5 * 6 * channels)};
  const size_t sizes[] = {(size_t)5 * 6 * channels, (size_t)3 * 3 * channels};
  compare(op, &params, sizes, inputs, 2, channels, isa);
}

void check_qs8_elements(enum eb_isa isa) {
  const enum eb_isa before = eb_isa_current();
  for (size_t count = 1; count <= 70; count++) {
    for (int is_broadcast = 0; is_broadcast < 2; is_broadcast++) {
      check_binary(EB_BINARY_ADD, count, is_broadcast, isa);
      check_binary(EB_BINARY_MULTIPLY, count, is_broadcast, isa);
    }
    check_pool(EB_OP_MAX_POOL2D_QS8, (uint32_t)count, isa);
    check_pool(EB_OP_AVERAGE_POOL2D_QS8, (uint32_t)count, isa);
  }
  eb_isa_select(before);
}
