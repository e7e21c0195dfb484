// Requirements and packing: from an operator to the family that has its kernels.
#include "eb_pack.h"
#include "f32-internal.h"
#include "f32-qbw.h"
#include "f32-sparse.h"
#include "qs8-internal.h"

// What no memory can satisfy: parameters that make no sense.
static const eb_requirements impossible = {.packed_bytes = SIZE_MAX, .scratch_bytes = SIZE_MAX};

eb_requirements eb_conv2d_requirements(uint32_t op, const eb_conv2d_params *params) {
  eb_requirements result;
  bool is_possible = false;
  switch (op) {
    case EB_OP_CONV2D_F32:
    case EB_OP_DWCONV2D_F32:
      is_possible = eb_f32_conv2d_requirements(false, params, &result);
      break;
    case EB_OP_CONV2D_F32_F16W:
    case EB_OP_DWCONV2D_F32_F16W:
      is_possible = eb_f32_conv2d_requirements(true, params, &result);
      break;
    case EB_OP_DECONV2D_F32:
      is_possible = eb_f32_deconv2d_requirements(params, &result);
      break;
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
    case EB_OP_FULLY_CONNECTED_F32:
      is_possible = eb_f32_fully_connected_requirements(false, params, &result);
      break;
    case EB_OP_FULLY_CONNECTED_F32_F16W:
      is_possible = eb_f32_fully_connected_requirements(true, params, &result);
      break;
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

eb_requirements eb_sparse_requirements(const eb_sparse_params *params) {
  eb_requirements result;
  return eb_sparse_requirements_of(params, &result) ? result : impossible;
}

eb_requirements eb_block_weights_requirements(uint32_t op, const eb_block_weights_params *params) {
  eb_requirements result;
  return eb_block_weights_requirements_of(op, params, &result) ? result : impossible;
}

bool eb_has_f16_arithmetic(uint32_t isa) { return eb_f32_layout_for_f16(isa) != NULL; }

void eb_conv2d_pack_f32(uint32_t op, const eb_conv2d_params *params, const float *weights, const float *bias,
                        void *packed) {
  if (op == EB_OP_DECONV2D_F32) {
    eb_f32_deconv2d_pack(params, weights, bias, packed);
    return;
  }
  eb_f32_conv2d_pack(op == EB_OP_CONV2D_F32_F16W || op == EB_OP_DWCONV2D_F32_F16W,
                     op == EB_OP_DWCONV2D_F32 || op == EB_OP_DWCONV2D_F32_F16W, params, weights, bias, packed);
}

void eb_fully_connected_pack_f32(uint32_t op, const eb_fully_connected_params *params, const float *weights,
                                 const float *bias, void *packed) {
  eb_f32_fully_connected_pack(op == EB_OP_FULLY_CONNECTED_F32_F16W, params, weights, bias, packed);
}
