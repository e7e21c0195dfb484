#include <math.h>

#include "eb_threads.h"
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

// A share is a span of the outer axis.
typedef struct {
  const eb_softmax_params *params;
  void *const *operands;
  bool is_log;
  uint32_t shares;
} work;

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const eb_softmax_params *p = work->params;
  const size_t count = p->count, stride = p->stride;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  const eb_span outer = eb_span_of(p->outer, index, work->shares);
  const float *in = (const float *)work->operands[0] + outer.first * count * stride;
  float *out = (float *)work->operands[1] + outer.first * count * stride;
  for (uint64_t o = outer.first; o < outer.end; o++, in += count * stride, out += count * stride) {
    if (stride == 1 && work->is_log) {
      kernels->log_softmax_f32_row(count, in, out);
    } else if (stride == 1) {
      kernels->softmax_f32_row(count, p->beta, in, out);
    } else {
      for (size_t i = 0; i < stride; i++) {
        if (work->is_log) {
          log_softmax_strided(count, stride, in + i, out + i);
        } else {
          softmax_strided(count, stride, p->beta, in + i, out + i);
        }
      }
    }
  }
}

static void run(bool is_log, const eb_softmax_params *p, void *const *operands, const eb_context *context) {
  if (is_empty(p)) return;
  // An element's exponential and its three passes take about as long as moving 64 bytes.
  const uint64_t steps = p->outer * p->count * p->stride * 64 / EB_BYTES_PER_STEP;
  const work work = {p, operands, is_log, eb_shares(context, p->outer, steps)};
  eb_parallel(context, work.shares, run_share, &work);
}

static void run_softmax(const void *params, void *const *operands, const eb_context *context) {
  run(false, params, operands, context);
}

static void run_log_softmax(const void *params, void *const *operands, const eb_context *context) {
  run(true, params, operands, context);
}

const eb_operator eb_softmax_f32 = {
    .name = "softmax_f32", .params_bytes = sizeof(eb_softmax_params), .accepts = accepts, .run = run_softmax};
const eb_operator eb_log_softmax_f32 = {
    .name = "log_softmax_f32", .params_bytes = sizeof(eb_softmax_params), .accepts = accepts, .run = run_log_softmax};
