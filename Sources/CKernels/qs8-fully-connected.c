// Static int8 fully connected: the 1x1 convolution of an image of rows x 1 pixels.
#include "qs8-conv.h"

bool eb_qs8_fully_connected_requirements(const eb_fully_connected_params *params, eb_requirements *result) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  return eb_qs8_conv2d_requirements(&conv, false, result);
}

void eb_fully_connected_pack_qs8(const eb_fully_connected_params *params, const int8_t *weights, const int32_t *bias,
                                 const float *scales, void *packed) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  eb_qs8_conv2d_pack(&conv, false, weights, bias, scales, packed);
}

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  return eb_conv2d_qs8_qc8w.accepts(&conv, operand_bytes, operand_count);
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  eb_conv2d_qs8_qc8w.run(&conv, operands, context);
}

const eb_operator eb_fully_connected_qs8_qc8w = {
    .name = "fully_connected_qs8_qc8w",
    .params_bytes = sizeof(eb_fully_connected_params),
    .accepts = accepts,
    .run = run,
};
