// out[m, n] = clamp(sum over k of in[m, k] * weights[n, k] + bias[n])
#include "f32-internal.h"
#include "f32-pack.h"
#include "f32-product.h"
#include "sizes.h"

// False where a size is zero, the instruction set has no kernels, or the product overflows.
static bool packed_bytes(bool half, const eb_fully_connected_params *params, uint64_t *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_of(params->isa, params->algorithm);
  if (layout == NULL || params->rows == 0 || params->in_channels == 0 || params->out_channels == 0) return false;
  uint64_t columns = eb_f32_padded_columns(layout, params->out_channels);
  return !__builtin_mul_overflow(columns, eb_f32_column_bytes(params->in_channels, half), bytes) && *bytes <= SIZE_MAX;
}

bool eb_f32_fully_connected_requirements(bool half, const eb_fully_connected_params *params, eb_requirements *result) {
  const bool wants_f16 = half && params->algorithm == EB_F32_GEMM_F16;
  eb_fully_connected_params chosen = *params;
  chosen.algorithm = wants_f16 && eb_f32_layout_for_f16(params->isa) != NULL ? EB_F32_GEMM_F16 : EB_F32_GEMM;
  uint64_t bytes;
  if (!packed_bytes(half, &chosen, &bytes)) return false;
  *result = (eb_requirements){.algorithm = chosen.algorithm, .packed_bytes = (size_t)bytes};
  return true;
}

void eb_f32_fully_connected_pack(bool half, const eb_fully_connected_params *params, const float *weights,
                                 const float *bias, void *packed) {
  const eb_f32_layout *layout = eb_f32_layout_of(params->isa, params->algorithm);
  if (layout == NULL) return;
  eb_f32_weights view = {.base = weights,
                         .columns = params->out_channels,
                         .height = 1,
                         .width = 1,
                         .channels = params->in_channels,
                         .n_stride = params->in_channels,
                         .c_stride = 1};
  eb_f32_pack_gemm(layout, half, &view, bias, 1, packed);
}

static bool accepts(bool half, const eb_fully_connected_params *params, const size_t *operand_bytes,
                    size_t operand_count) {
  uint64_t bytes;
  return operand_count >= 3 && eb_f32_kernels_of(params->isa, params->algorithm) != NULL &&
         (params->algorithm == EB_F32_GEMM || (half && params->algorithm == EB_F32_GEMM_F16)) &&
         packed_bytes(half, params, &bytes) && bytes <= operand_bytes[1] &&
         EB_HOLDS(operand_bytes[0], params->rows, params->in_channels, sizeof(float)) &&
         EB_HOLDS(operand_bytes[2], params->rows, params->out_channels, sizeof(float));
}

static void run(bool half, const eb_fully_connected_params *params, void *const *operands, const eb_context *context) {
  eb_f32_product product = {
      .lines = 1,
      .pixels = params->rows,
      .a = operands[0],
      .a_pixel = params->in_channels,
      .c = operands[2],
      .c_pixel = params->out_channels,
      .taps = {.outer = 1, .inner = 1, .length = params->in_channels},
      .packed = operands[1],
      .depth = params->in_channels,
      .columns = params->out_channels,
      .half = half,
      .min = params->min,
      .max = params->max,
  };
  eb_f32_multiply_shared(context, eb_f32_kernels_of(params->isa, params->algorithm),
                         eb_f32_layout_of(params->isa, params->algorithm), &product);
}

static bool accepts_f32(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(false, params, operand_bytes, operand_count);
}

static bool accepts_f16w(const void *params, const size_t *operand_bytes, size_t operand_count) {
  return accepts(true, params, operand_bytes, operand_count);
}

static void run_f32(const void *params, void *const *operands, const eb_context *context) {
  run(false, params, operands, context);
}

static void run_f16w(const void *params, void *const *operands, const eb_context *context) {
  run(true, params, operands, context);
}

const eb_operator eb_fully_connected_f32 = {"fully_connected_f32", sizeof(eb_fully_connected_params), accepts_f32, NULL,
                                            run_f32};
const eb_operator eb_fully_connected_f32_f16w = {"fully_connected_f32_f16w", sizeof(eb_fully_connected_params),
                                                 accepts_f16w, NULL, run_f16w};
