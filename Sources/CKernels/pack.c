// Requirements and packing, by operator.
#include "eb_pack.h"
#include "qs8-internal.h"

// What no memory can satisfy: parameters that make no sense.
static const eb_requirements impossible = {.packed_bytes = SIZE_MAX, .scratch_bytes = SIZE_MAX};

eb_requirements eb_conv2d_requirements(uint32_t op, const eb_conv2d_params *params) {
  eb_requirements result;
  bool is_possible = false;
  switch (op) {
    case EB_OP_CONV2D_QS8_QC8W:
      is_possible = eb_qs8_conv2d_requirements(params, false, &result);
      break;
    case EB_OP_DECONV2D_QS8_QC8W:
      is_possible = eb_qs8_conv2d_requirements(params, true, &result);
      break;
    case EB_OP_CONV2D_QD8_F32_QC8W:
      is_possible = eb_qd8_conv2d_requirements(params, &result);
      break;
    case EB_OP_DWCONV2D_QS8_QC8W:
      is_possible = eb_qs8_dwconv2d_requirements(params, &result);
      break;
    case EB_OP_DWCONV2D_QD8_F32_QC8W:
      is_possible = eb_qd8_dwconv2d_requirements(params, &result);
      break;
    default:
      break;
  }
  return is_possible ? result : impossible;
}

eb_requirements eb_fully_connected_requirements(uint32_t op, const eb_fully_connected_params *params) {
  eb_requirements result;
  bool is_possible = false;
  switch (op) {
    case EB_OP_FULLY_CONNECTED_QS8_QC8W:
      is_possible = eb_qs8_fully_connected_requirements(params, &result);
      break;
    case EB_OP_FULLY_CONNECTED_QD8_F32_QC8W:
      is_possible = eb_qd8_fully_connected_requirements(params, &result);
      break;
    default:
      break;
  }
  return is_possible ? result : impossible;
}
