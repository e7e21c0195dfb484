#include <math.h>

#include "eb_vector_kernels.h"
#include "reduce.h"
#include "strided.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_reduce_params *p = params;
  return p->kind <= EB_REDUCE_L2_NORM && eb_reduce_accepts(p, operand_bytes, operand_count, 4, 4);
}

// What each kind accumulates.
static uint32_t accumulation(uint32_t kind) {
  switch (kind) {
    case EB_REDUCE_MEAN:
      return EB_REDUCE_SUM;
    case EB_REDUCE_L2_NORM:
      return EB_REDUCE_SUM_OF_SQUARES;
    default:
      return kind;
  }
}

static float identity(uint32_t kind) {
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return -INFINITY;
    case EB_REDUCE_MINIMUM:
      return INFINITY;
    case EB_REDUCE_PRODUCT:
      return 1.0f;
    default:
      return 0.0f;
  }
}

// ANY and ALL: 1 or 0.
static void reduce_truth(const eb_reduction_shape *s, uint32_t kind, const float *in, float *out) {
  const bool is_any = kind == EB_REDUCE_ANY;
  for (size_t i = 0; i < s->out_count; i++) out[i] = is_any ? 0.0f : 1.0f;
  if (s->in_count == 0) return;
  eb_walk walk = eb_walk_start(s->rank, s->shape, 1, (const uint64_t *const[]){s->out_strides});
  const size_t count = s->rank == 0 ? 1 : (size_t)s->shape[s->rank - 1];
  const size_t stride = s->rank == 0 ? 0 : (size_t)s->out_strides[s->rank - 1];
  do {
    float *target = out + walk.offsets[0];
    for (size_t i = 0; i < count; i++) {
      if ((in[i] != 0.0f) == is_any) target[i * stride] = is_any ? 1.0f : 0.0f;
    }
    in += count;
  } while (eb_walk_next(&walk));
}

static float combine(uint32_t kind, float a, float b) {
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return b > a ? b : a;
    case EB_REDUCE_MINIMUM:
      return b < a ? b : a;
    case EB_REDUCE_PRODUCT:
      return a * b;
    default:
      return a + b;
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_reduce_params *p = params;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  const eb_reduction_shape s = eb_reduction_shape_of(p);
  const float *in = operands[0];
  float *out = operands[1];
  if (p->kind == EB_REDUCE_ANY || p->kind == EB_REDUCE_ALL) {
    reduce_truth(&s, p->kind, in, out);
    return;
  }
  const uint32_t kind = accumulation(p->kind);
  for (size_t i = 0; i < s.out_count; i++) out[i] = identity(kind);
  if (s.in_count != 0) {
    const bool reduces_rows = s.rank == 0 || s.is_reduced[s.rank - 1];
    const size_t count = s.rank == 0 ? 1 : (size_t)s.shape[s.rank - 1];
    eb_walk walk = eb_walk_start(s.rank, s.shape, 1, (const uint64_t *const[]){s.out_strides});
    do {
      float *target = out + walk.offsets[0];
      if (reduces_rows) {
        *target = combine(kind, *target, kernels->reduce_f32_row(kind, count, in));
      } else {
        kernels->accumulate_f32_row(kind, count, in, target);
      }
      in += count;
    } while (eb_walk_next(&walk));
  }
  if (p->kind == EB_REDUCE_MEAN) {
    const float divisor = (float)s.reduced_count;
    for (size_t i = 0; i < s.out_count; i++) out[i] /= divisor;
  } else if (p->kind == EB_REDUCE_L2_NORM) {
    for (size_t i = 0; i < s.out_count; i++) out[i] = sqrtf(out[i]);
  }
}

const eb_operator eb_reduce_f32 = {
    .name = "reduce_f32", .params_bytes = sizeof(eb_reduce_params), .accepts = accepts, .run = run};
