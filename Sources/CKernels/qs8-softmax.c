// Int8 softmax: real exponentials of 8-bit inputs; outputs have scale 1/256 and zero point -128.
#include "qs8-internal.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *bytes, size_t count) {
  const eb_softmax_params *p = params;
  return count >= 2 && p->outer != 0 && p->count != 0 && p->stride != 0 &&
         EB_HOLDS(bytes[0], p->outer, p->count, p->stride) && EB_HOLDS(bytes[1], p->outer, p->count, p->stride);
}

// e^(-steps * scale), for a distance in steps from the row's maximum.
static float exponential(float scale, int steps) { return expf(-(float)steps * scale); }

// Writes one row, elements `stride` apart; `table` holds the exponential of every distance, if not NULL.
static void softmax_row(const int8_t *in, uint64_t count, uint64_t stride, float scale, const float *table,
                        int8_t *out) {
  int largest = -128;
  for (uint64_t i = 0; i < count; i++) largest = in[i * stride] > largest ? in[i * stride] : largest;
  float sum = 0;
  for (uint64_t i = 0; i < count; i++) {
    const int steps = largest - in[i * stride];
    sum += table != NULL ? table[steps] : exponential(scale, steps);
  }
  const eb_qs8_output output = eb_qs8_output_of(-128, -128, 127);
  const float factor = 256.0f / sum;
  for (uint64_t i = 0; i < count; i++) {
    const int steps = largest - in[i * stride];
    const float value = table != NULL ? table[steps] : exponential(scale, steps);
    out[i * stride] = eb_qs8_from_real(value * factor, &output);
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_softmax_params *p = params;
  const float scale = p->in_scale * p->beta;
  const int8_t *in = operands[0];
  int8_t *out = operands[1];
  // 256 exponentials pay off where more are needed.
  float table[256];
  const bool uses_table = p->outer * p->count * p->stride >= 128;
  for (int i = 0; uses_table && i < 256; i++) table[i] = exponential(scale, i);
  for (uint64_t o = 0; o < p->outer; o++) {
    for (uint64_t i = 0; i < p->stride; i++) {
      const uint64_t at = o * p->count * p->stride + i;
      softmax_row(in + at, p->count, p->stride, scale, uses_table ? table : NULL, out + at);
    }
  }
}

const eb_operator eb_softmax_qs8 = {
    .name = "softmax_qs8",
    .params_bytes = sizeof(eb_softmax_params),
    .accepts = accepts,
    .run = run,
};
