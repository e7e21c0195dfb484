// Reductions of any element type: with a fraction in f64, whole in 64 bits of which the type's are kept.
#include "element.h"
#include "reduce.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_reduce_any_params *p = params;
  const uint32_t bytes = eb_type_bytes(p->type);
  if (bytes == 0 || p->kind > EB_REDUCE_L2_NORM || p->rank > EB_MAX_RANK) return false;
  if (p->kind == EB_REDUCE_L2_NORM && !eb_type_is_real(p->type)) return false;
  eb_reduce_params shape = {.kind = p->kind, .rank = p->rank, .axes = p->axes};
  for (uint32_t i = 0; i < p->rank; i++) shape.shape[i] = p->shape[i];
  return eb_reduce_accepts(&shape, operand_bytes, operand_count, bytes, bytes);
}

static double combine_real(uint32_t kind, double a, double b) {
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return a != a || a > b ? a : b;
    case EB_REDUCE_MINIMUM:
      return a != a || a < b ? a : b;
    case EB_REDUCE_PRODUCT:
      return a * b;
    case EB_REDUCE_ANY:
      return a != 0 || b != 0;
    case EB_REDUCE_ALL:
      return a != 0 && b != 0;
    case EB_REDUCE_SUM_OF_SQUARES:
    case EB_REDUCE_L2_NORM:
      return a + b * b;
    default:
      return a + b;
  }
}

static int64_t combine_whole(uint32_t type, uint32_t kind, int64_t a, int64_t b) {
  const bool is_less = type == EB_U64 ? (uint64_t)a < (uint64_t)b : a < b;
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return is_less ? b : a;
    case EB_REDUCE_MINIMUM:
      return is_less ? a : b;
    case EB_REDUCE_PRODUCT:
      return (int64_t)((uint64_t)a * (uint64_t)b);
    case EB_REDUCE_ANY:
      return a != 0 || b != 0;
    case EB_REDUCE_ALL:
      return a != 0 && b != 0;
    case EB_REDUCE_SUM_OF_SQUARES:
      return (int64_t)((uint64_t)a + (uint64_t)b * (uint64_t)b);
    default:
      return (int64_t)((uint64_t)a + (uint64_t)b);
  }
}

// One result: the elements at `first` and then along the reduced axes. The extremes start from the first element, the
// rest from 0 or 1.
static void reduce_one(const eb_reduce_any_params *p, const size_t *strides, uint64_t reduced_count, size_t first,
                       const void *in, void *out, size_t target) {
  const bool is_real = eb_type_is_real(p->type);
  const bool starts_at_first = p->kind == EB_REDUCE_MAXIMUM || p->kind == EB_REDUCE_MINIMUM;
  const int start = p->kind == EB_REDUCE_PRODUCT || p->kind == EB_REDUCE_ALL;
  double real = starts_at_first && is_real ? eb_real_at(p->type, in, first) : start;
  int64_t whole = starts_at_first && !is_real ? eb_integer_at(p->type, in, first) : start;
  uint64_t index[EB_MAX_RANK] = {0};
  size_t at = first;
  for (uint64_t n = 0; n < reduced_count; n++) {
    if (is_real) {
      real = combine_real(p->kind, real, eb_real_at(p->type, in, at));
    } else {
      whole = combine_whole(p->type, p->kind, whole, eb_integer_at(p->type, in, at));
    }
    for (uint32_t i = p->rank; i-- > 0;) {
      if (!(p->axes >> i & 1)) continue;
      at += strides[i];
      if (++index[i] < p->shape[i]) break;
      at -= strides[i] * (size_t)p->shape[i];
      index[i] = 0;
    }
  }
  if (p->kind == EB_REDUCE_MEAN) {
    real /= (double)reduced_count;
    whole = p->type == EB_U64 ? (int64_t)((uint64_t)whole / reduced_count) : whole / (int64_t)reduced_count;
  }
  if (p->kind == EB_REDUCE_L2_NORM) real = sqrt(real);
  if (is_real) {
    eb_set_real(p->type, out, target, real, false);
  } else {
    eb_set_integer(p->type, out, target, whole);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_reduce_any_params *p = params;
  size_t strides[EB_MAX_RANK], stride = 1;
  uint64_t reduced_count = 1, out_count = 1;
  for (uint32_t i = p->rank; i-- > 0;) {
    strides[i] = stride;
    stride *= (size_t)p->shape[i];
    *(p->axes >> i & 1 ? &reduced_count : &out_count) *= p->shape[i];
  }
  if (out_count == 0 || reduced_count == 0) return;
  uint64_t index[EB_MAX_RANK] = {0};
  size_t first = 0;
  for (uint64_t n = 0; n < out_count; n++) {
    reduce_one(p, strides, reduced_count, first, operands[0], operands[1], n);
    for (uint32_t i = p->rank; i-- > 0;) {
      if (p->axes >> i & 1) continue;
      first += strides[i];
      if (++index[i] < p->shape[i]) break;
      first -= strides[i] * (size_t)p->shape[i];
      index[i] = 0;
    }
  }
}

const eb_operator eb_reduce_any = {
    .name = "reduce_any", .params_bytes = sizeof(eb_reduce_any_params), .accepts = accepts, .run = run};
