// Int8 addition, subtraction and multiplication with broadcasting strides.
#include "binary.h"
#include "qs8-vector.h"

static bool accepts(const void *params, const size_t *bytes, size_t count) {
  const eb_binary_params *p = params;
  if (count < 3 || p->rank > EB_MAX_RANK || p->kind > EB_BINARY_MULTIPLY || !eb_is_qs8(p->a_zero_point) ||
      !eb_is_qs8(p->b_zero_point) || !eb_qs8_output_is_valid(p->out_zero_point, p->out_min, p->out_max)) {
    return false;
  }
  // Also false for NaN.
  if (!(fabsf(p->a_scale / p->out_scale) < EB_QS8_SCALE_LIMIT && fabsf(p->b_scale / p->out_scale) < EB_QS8_SCALE_LIMIT))
    return false;
  uint64_t elements;
  if (!eb_element_count(p->rank, p->shape, &elements)) return false;
  if (elements == 0) return true;
  return bytes[2] >= elements && eb_holds_strided(bytes[0], p->rank, p->shape, p->a_strides, 1) &&
         eb_holds_strided(bytes[1], p->rank, p->shape, p->b_strides, 1);
}

typedef struct {
  const eb_qs8_vector_kernels *kernels;
  eb_qs8_binary_job job, swapped;
  bool multiplies;
} operation;

static operation operation_of(const eb_binary_params *p) {
  operation o = {.kernels = eb_qs8_vector_kernels_for(eb_qs8_isa_current()),
                 .multiplies = p->kind == EB_BINARY_MULTIPLY};
  const float sign = p->kind == EB_BINARY_SUBTRACT ? -1 : 1;
  o.job = (eb_qs8_binary_job){
      .a_scale = o.multiplies ? p->a_scale * p->b_scale / p->out_scale : p->a_scale / p->out_scale,
      .b_scale = sign * p->b_scale / p->out_scale,
      .a_zero_point = p->a_zero_point,
      .b_zero_point = p->b_zero_point,
      .output = eb_qs8_output_of(p->out_zero_point, p->out_min, p->out_max),
  };
  o.job.offset = -(o.job.a_scale * (float)p->a_zero_point + o.job.b_scale * (float)p->b_zero_point);
  o.swapped = o.job;
  o.swapped.a_zero_point = o.job.b_zero_point;
  o.swapped.b_zero_point = o.job.a_zero_point;
  if (!o.multiplies) {
    o.swapped.a_scale = o.job.b_scale;
    o.swapped.b_scale = o.job.a_scale;
  }
  return o;
}

static void run_axis(const operation *o, const int8_t *a, uint64_t a_stride, const int8_t *b, uint64_t b_stride,
                     uint64_t count, int8_t *out) {
  const eb_qs8_vector_kernels *k = o->kernels;
  if (a_stride == 1 && b_stride == 1) {
    (o->multiplies ? k->multiply : k->add)(&o->job, a, b, count, out);
  } else if (a_stride == 1 && b_stride == 0) {
    (o->multiplies ? k->multiply_scalar : k->add_scalar)(&o->job, a, *b, count, out);
  } else if (a_stride == 0 && b_stride == 1) {
    (o->multiplies ? k->multiply_scalar : k->add_scalar)(&o->swapped, b, *a, count, out);
  } else {
    for (uint64_t i = 0; i < count; i++) {
      (o->multiplies ? k->multiply : k->add)(&o->job, a + i * a_stride, b + i * b_stride, 1, out + i);
    }
  }
}

static void run_part(const eb_binary_params *p, void *const *operands) {
  const operation o = operation_of(p);
  const int8_t *a = operands[0], *b = operands[1];
  int8_t *out = operands[2];
  if (p->rank == 0) {
    run_axis(&o, a, 1, b, 1, 1, out);
    return;
  }
  const uint32_t last = p->rank - 1;
  uint64_t rows = 1;
  for (uint32_t i = 0; i < p->rank; i++) {
    if (p->shape[i] == 0) return;
    if (i < last) rows *= p->shape[i];
  }
  uint64_t index[EB_MAX_RANK] = {0}, a_offset = 0, b_offset = 0;
  for (uint64_t row = 0; row < rows; row++, out += p->shape[last]) {
    run_axis(&o, a + a_offset, p->a_strides[last], b + b_offset, p->b_strides[last], p->shape[last], out);
    for (uint32_t i = last; i-- > 0;) {
      a_offset += p->a_strides[i];
      b_offset += p->b_strides[i];
      if (++index[i] < p->shape[i]) break;
      a_offset -= p->a_strides[i] * p->shape[i];
      b_offset -= p->b_strides[i] * p->shape[i];
      index[i] = 0;
    }
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  eb_binary_parallel(context, params, operands, sizeof(int8_t), run_part);
}

const eb_operator eb_binary_qs8 = {
    .name = "binary_qs8",
    .params_bytes = sizeof(eb_binary_params),
    .accepts = accepts,
    .run = run,
};
