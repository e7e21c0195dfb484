// Reductions of i32. Sums and products wrap; a mean is rounded toward zero, as integer division does.
#include "reduce.h"
#include "strided.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_reduce_params *p = params;
  return p->kind <= EB_REDUCE_SUM_OF_SQUARES && eb_reduce_accepts(p, operand_bytes, operand_count, 4, 4);
}

static int32_t identity(uint32_t kind) {
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return INT32_MIN;
    case EB_REDUCE_MINIMUM:
      return INT32_MAX;
    case EB_REDUCE_PRODUCT:
    case EB_REDUCE_ALL:
      return 1;
    default:
      return 0;
  }
}

static int32_t combine(uint32_t kind, int32_t a, int32_t b) {
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return b > a ? b : a;
    case EB_REDUCE_MINIMUM:
      return b < a ? b : a;
    case EB_REDUCE_PRODUCT:
      return (int32_t)((uint32_t)a * (uint32_t)b);
    case EB_REDUCE_ANY:
      return a != 0 || b != 0;
    case EB_REDUCE_ALL:
      return a != 0 && b != 0;
    case EB_REDUCE_SUM_OF_SQUARES:
      return (int32_t)((uint32_t)a + (uint32_t)b * (uint32_t)b);
    default:
      return (int32_t)((uint32_t)a + (uint32_t)b);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_reduce_params *p = params;
  const eb_reduction_shape s = eb_reduction_shape_of(p);
  const int32_t *in = operands[0];
  int32_t *out = operands[1];
  for (size_t i = 0; i < s.out_count; i++) out[i] = identity(p->kind);
  if (s.in_count == 0) return;
  const size_t count = s.rank == 0 ? 1 : (size_t)s.shape[s.rank - 1];
  const size_t stride = s.rank == 0 ? 0 : (size_t)s.out_strides[s.rank - 1];
  eb_walk walk = eb_walk_start(s.rank, s.shape, 1, (const uint64_t *const[]){s.out_strides});
  do {
    int32_t *target = out + walk.offsets[0];
    for (size_t i = 0; i < count; i++) target[i * stride] = combine(p->kind, target[i * stride], in[i]);
    in += count;
  } while (eb_walk_next(&walk));
  if (p->kind == EB_REDUCE_MEAN) {
    for (size_t i = 0; i < s.out_count; i++) out[i] = (int32_t)(out[i] / (int64_t)s.reduced_count);
  }
}

const eb_operator eb_reduce_i32 = {
    .name = "reduce_i32", .params_bytes = sizeof(eb_reduce_params), .accepts = accepts, .run = run};
