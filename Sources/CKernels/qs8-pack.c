// The public packing functions of the int8 convolutions.
#include "qs8-internal.h"

void eb_conv2d_pack_qs8(uint32_t op, const eb_conv2d_params *params, const int8_t *weights, const int32_t *bias,
                        const float *scales, void *packed) {
  switch (op) {
    case EB_OP_CONV2D_QS8_QC8W:
    case EB_OP_DECONV2D_QS8_QC8W:
      eb_qs8_conv2d_pack(params, op == EB_OP_DECONV2D_QS8_QC8W, weights, bias, scales, packed);
      break;
    case EB_OP_DWCONV2D_QS8_QC8W:
      eb_qs8_dwconv2d_pack(params, weights, bias, scales, packed);
      break;
    default:
      break;
  }
}

void eb_conv2d_pack_qd8(uint32_t op, const eb_conv2d_params *params, const int8_t *weights, const float *bias,
                        const float *scales, void *packed) {
  switch (op) {
    case EB_OP_CONV2D_QD8_F32_QC8W:
      eb_qd8_conv2d_pack(params, weights, bias, scales, packed);
      break;
    case EB_OP_DWCONV2D_QD8_F32_QC8W:
      eb_qd8_dwconv2d_pack(params, weights, bias, scales, packed);
      break;
    default:
      break;
  }
}
