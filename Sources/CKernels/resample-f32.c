// Each element along an axis as a weighted sum of a few elements along it.
#include "eb_vector_kernels.h"
#include "sizes.h"

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_resample_params *p = params;
  return operand_count == 4u + p->has_offsets && p->has_offsets <= 1 && p->in_count != 0 &&
         EB_HOLDS(operand_bytes[0], p->outer, p->in_count, p->inner, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->out_count, p->taps, sizeof(int32_t)) &&
         EB_HOLDS(operand_bytes[2], p->out_count, p->taps, sizeof(float)) &&
         (!p->has_offsets || EB_HOLDS(operand_bytes[3], p->out_count, sizeof(float))) &&
         EB_HOLDS(operand_bytes[3 + p->has_offsets], p->outer, p->out_count, p->inner, sizeof(float));
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_resample_params *p = params;
  const float *in = operands[0], *weights = operands[2], *offsets = p->has_offsets ? operands[3] : NULL;
  const int32_t *indices = operands[1];
  float *out = operands[3 + p->has_offsets];
  const int64_t last = (int64_t)p->in_count - 1;
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  for (size_t o = 0; o < p->outer; o++, in += p->in_count * p->inner) {
    for (size_t j = 0; j < p->out_count; j++, out += p->inner) {
      const float offset = offsets == NULL ? 0.0f : offsets[j];
      for (size_t i = 0; i < p->inner; i++) out[i] = offset;
      for (size_t t = 0; t < p->taps; t++) {
        const int64_t index = indices[j * p->taps + t];
        const size_t at = (size_t)(index < 0 ? 0 : index > last ? last : index);
        kernels->add_scaled_f32(p->inner, weights[j * p->taps + t], in + at * p->inner, out);
      }
    }
  }
}

const eb_operator eb_resample_f32 = {
    .name = "resample_f32", .params_bytes = sizeof(eb_resample_params), .accepts = accepts, .run = run};
