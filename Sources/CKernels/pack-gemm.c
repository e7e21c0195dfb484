// Weights that are known only when the model runs, packed then as constant ones are when the plan is made.
#include "eb_operators.h"
#include "f32-pack.h"
#include "sizes.h"

size_t eb_pack_gemm_bytes(uint32_t isa, uint32_t columns, uint32_t depth) {
  const eb_f32_layout *layout = eb_f32_layout_for(isa);
  uint64_t bytes;
  if (layout == NULL || columns == 0 || depth == 0 ||
      __builtin_mul_overflow(eb_f32_padded_columns(layout, columns), eb_f32_column_bytes(depth, false), &bytes) ||
      bytes > SIZE_MAX) {
    return 0;
  }
  return (size_t)bytes;
}

void eb_pack_gemm_f32(const eb_pack_gemm_params *params, const float *weights, const float *bias, void *packed) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  if (layout == NULL) return;
  for (size_t i = 0; i < params->matrices; i++) {
    const eb_f32_weights view = {.base = weights + params->weights_offset + i * params->weights_stride,
                                 .columns = params->columns,
                                 .height = 1,
                                 .width = 1,
                                 .channels = params->depth,
                                 .n_stride = params->depth,
                                 .c_stride = 1};
    const float *own_bias = bias == NULL ? NULL : bias + params->bias_offset + i * params->bias_stride;
    eb_f32_pack_gemm(layout, false, &view, own_bias, 1,
                     (unsigned char *)packed + params->packed_offset + i * params->packed_stride);
  }
}

// Whether `bytes` hold `count` pieces of `size` elements from `offset` on, `stride` apart.
static bool holds_pieces(size_t bytes, uint64_t count, uint64_t offset, uint64_t stride, uint64_t size,
                         uint64_t element_bytes) {
  uint64_t last;
  if (__builtin_mul_overflow(count - 1, stride, &last) || __builtin_add_overflow(last, offset, &last)) return false;
  return !__builtin_add_overflow(last, size, &last) && EB_HOLDS(bytes, last, element_bytes);
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_pack_gemm_params *params = untyped;
  const size_t bytes = eb_pack_gemm_bytes(params->isa, params->columns, params->depth);
  if (bytes == 0 || params->matrices == 0 || params->has_bias > 1 || operand_count != 2u + params->has_bias) {
    return false;
  }
  const uint64_t matrices = params->matrices;
  return params->packed_offset % sizeof(float) == 0 && params->packed_stride % sizeof(float) == 0 &&
         holds_pieces(operand_bytes[0], matrices, params->weights_offset, params->weights_stride,
                      (uint64_t)params->columns * params->depth, sizeof(float)) &&
         (!params->has_bias || holds_pieces(operand_bytes[1], matrices, params->bias_offset, params->bias_stride,
                                            params->columns, sizeof(float))) &&
         holds_pieces(operand_bytes[1 + params->has_bias], matrices, params->packed_offset, params->packed_stride,
                      bytes, 1);
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_pack_gemm_params *params = untyped;
  eb_pack_gemm_f32(params, operands[0], params->has_bias ? operands[1] : NULL, operands[1 + params->has_bias]);
}

const eb_operator eb_pack_gemm = {
    .name = "pack_gemm_f32", .params_bytes = sizeof(eb_pack_gemm_params), .accepts = accepts, .run = run};
