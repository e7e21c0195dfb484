#include <math.h>

#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_softmax_params *p = params;
  return operand_count == 2 && EB_HOLDS(operand_bytes[0], p->outer, p->count, p->stride, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->outer, p->count, p->stride, sizeof(float));
}

static bool is_empty(const eb_softmax_params *p) { return p->outer == 0 || p->count == 0 || p->stride == 0; }

// One row with its elements `stride` apart.
static void softmax_strided(size_t count, size_t stride, float beta, const float *in, float *out) {
  float shift = in[0];
  for (size_t c = 1; c < count; c++) {
    const float x = in[c * stride];
    shift = (beta < 0.0f ? x < shift : x > shift) ? x : shift;
  }
  float sum = 0.0f;
  for (size_t c = 0; c < count; c++) {
    const float e = expf(beta * (in[c * stride] - shift));
    out[c * stride] = e;
    sum += e;
  }
  for (size_t c = 0; c < count; c++) out[c * stride] /= sum;
}

static void log_softmax_strided(size_t count, size_t stride, const float *in, float *out) {
  float shift = in[0];
  for (size_t c = 1; c < count; c++) shift = in[c * stride] > shift ? in[c * stride] : shift;
  float sum = 0.0f;
  for (size_t c = 0; c < count; c++) sum += expf(in[c * stride] - shift);
  const float log_sum = logf(sum);
  for (size_t c = 0; c < count; c++) out[c * stride] = (in[c * stride] - shift) - log_sum;
}

static void run_softmax(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_softmax_params *p = params;
  const float *in = operands[0];
  float *out = operands[1];
  if (is_empty(p)) return;
  const size_t count = p->count, stride = p->stride;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  for (size_t o = 0; o < p->outer; o++, in += count * stride, out += count * stride) {
    if (stride == 1) {
      kernels->softmax_f32_row(count, p->beta, in, out);
    } else {
      for (size_t i = 0; i < stride; i++) softmax_strided(count, stride, p->beta, in + i, out + i);
    }
  }
}

static void run_log_softmax(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_softmax_params *p = params;
  const float *in = operands[0];
  float *out = operands[1];
  if (is_empty(p)) return;
  const size_t count = p->count, stride = p->stride;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  for (size_t o = 0; o < p->outer; o++, in += count * stride, out += count * stride) {
    if (stride == 1) {
      kernels->log_softmax_f32_row(count, in, out);
    } else {
      for (size_t i = 0; i < stride; i++) log_softmax_strided(count, stride, in + i, out + i);
    }
  }
}

const eb_operator eb_softmax_f32 = {
    .name = "softmax_f32", .params_bytes = sizeof(eb_softmax_params), .accepts = accepts, .run = run_softmax};
const eb_operator eb_log_softmax_f32 = {
    .name = "log_softmax_f32", .params_bytes = sizeof(eb_softmax_params), .accepts = accepts, .run = run_log_softmax};
