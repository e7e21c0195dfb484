// Operators: what a plan's steps call. Each is one entry in a table and runs on any supported instruction set.
//
// An operator reads its parameters (a struct of eb_parameters.h or of its family's header, from the plan) and its
// operands (pointers to tensors, in the order given at each enumerator). It allocates nothing. Data types are
// XNNPACK's: f32, qs8 (signed 8-bit, one scale and zero point), qc8w (signed 8-bit weights, one scale a channel), qd8
// (quantized on the fly, asymmetric, one scale a row or batch). Images are NHWC. `min`/`max` clamp the result (fused
// activation).
#ifndef EB_OPERATORS_H
#define EB_OPERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_attention.h"
#include "eb_isa.h"
#include "eb_parameters.h"
#include "eb_recurrent.h"
#include "eb_sampling.h"
#include "eb_windows.h"

#ifdef __cplusplus
extern "C" {
#endif

// Stored in plans: never reuse a number.
enum eb_op {
  // in, packed weights, out, [scratch], [workspace]: eb_conv2d_params
  EB_OP_CONV2D_F32 = 1,
  EB_OP_CONV2D_F32_F16W = 2,      // weights stored as f16
  EB_OP_CONV2D_QS8_QC8W = 3,      // static int8
  EB_OP_CONV2D_QD8_F32_QC8W = 4,  // f32 in and out, int8 weights, input quantized on the fly
  EB_OP_DWCONV2D_F32 = 5,
  EB_OP_DWCONV2D_F32_F16W = 6,
  EB_OP_DWCONV2D_QS8_QC8W = 7,
  EB_OP_DWCONV2D_QD8_F32_QC8W = 8,
  EB_OP_DECONV2D_F32 = 9,  // transposed convolution
  EB_OP_DECONV2D_QS8_QC8W = 10,
  // in, packed weights, out, [scratch], [workspace]: eb_fully_connected_params
  EB_OP_FULLY_CONNECTED_F32 = 16,
  EB_OP_FULLY_CONNECTED_F32_F16W = 17,
  EB_OP_FULLY_CONNECTED_QS8_QC8W = 18,
  EB_OP_FULLY_CONNECTED_QD8_F32_QC8W = 19,
  EB_OP_FULLY_CONNECTED_F32_SPARSE = 20,  // eb_sparse_params
  EB_OP_FULLY_CONNECTED_F32_QB4W = 21,    // a scale for each short run of weights: eb_block_weights_params
  EB_OP_FULLY_CONNECTED_F32_QB8W = 22,
  // a, b, out, [scratch]: eb_matmul_params
  EB_OP_MATMUL_F32 = 24,
  // in, out: eb_pool2d_params
  EB_OP_MAX_POOL2D_F32 = 32,
  EB_OP_AVERAGE_POOL2D_F32 = 33,
  EB_OP_MAX_POOL2D_QS8 = 34,
  EB_OP_AVERAGE_POOL2D_QS8 = 35,
  // in, out: eb_unary_params
  EB_OP_UNARY_F32 = 48,
  EB_OP_LUT_X8 = 49,  // in, table (256 bytes), out: eb_count_params; out[i] = table[(uint8_t)in[i]]
  // a, b, out: eb_binary_params
  EB_OP_BINARY_F32 = 56,
  EB_OP_BINARY_QS8 = 57,   // add, subtract, multiply
  EB_OP_BINARY_I32 = 58,   // arithmetic
  EB_OP_COMPARE_F32 = 59,  // out: bool bytes
  EB_OP_COMPARE_I32 = 60,
  EB_OP_LOGICAL_X8 = 61,  // bool and bool
  EB_OP_SELECT_X32 = 62,  // condition, a, b, out: eb_select_params
  EB_OP_BINARY_I64 = 63,
  EB_OP_COMPARE_I64 = 64,
  EB_OP_SELECT_X8 = 65,
  // in, out: eb_reduce_params
  EB_OP_REDUCE_F32 = 72,
  EB_OP_REDUCE_MEAN_QS8 = 73,
  EB_OP_ARG_REDUCE_F32 = 74,  // out: i32
  EB_OP_ARG_REDUCE_QS8 = 75,
  EB_OP_REDUCE_I32 = 76,
  // in, out: eb_softmax_params
  EB_OP_SOFTMAX_F32 = 80,
  EB_OP_LOG_SOFTMAX_F32 = 81,
  EB_OP_SOFTMAX_QS8 = 82,  // out: scale 1/256, zero point -128
  // in, scale, bias, out: eb_layer_norm_params
  EB_OP_LAYER_NORM_F32 = 88,
  // data movement
  EB_OP_COPY = 96,                  // in, out: eb_count_params (bytes)
  EB_OP_COPY_ND = 97,               // in, out: eb_copy_nd_params (concat, slice, transpose, broadcast, tile)
  EB_OP_FILL = 98,                  // out: eb_fill_params (before a padding copy)
  EB_OP_GATHER = 99,                // in, indices, out: eb_gather_params
  EB_OP_PAD_MIRROR = 100,           // in, out: eb_pad_mirror_params (reflect, symmetric, edge)
  EB_OP_RESIZE_BILINEAR_F32 = 104,  // in, out: eb_resize_params
  EB_OP_RESIZE_NEAREST = 105,
  EB_OP_RESIZE_BILINEAR_QS8 = 106,
  // in, out, [scales]: eb_convert_params
  EB_OP_CONVERT = 112,  // quantize, dequantize, requantize, cast: any element type to any other
  // Any element type, one element at a time: what no board's latency depends on
  EB_OP_MATH = 128,              // in, out: eb_math_params
  EB_OP_BINARY_ANY = 129,        // a, b, out: eb_binary_any_params
  EB_OP_REDUCE_ANY = 130,        // in, out: eb_reduce_any_params
  EB_OP_CUMULATIVE = 131,        // in, out: eb_cumulative_params
  EB_OP_TOP_INDICES = 132,       // in, out (i32): eb_top_indices_params
  EB_OP_GATHER_ELEMENTS = 133,   // in, indices, out: eb_gather_elements_params
  EB_OP_GATHER_ND = 134,         // in, indices, out: eb_gather_nd_params
  EB_OP_SCATTER_ELEMENTS = 135,  // in, indices, updates, out: eb_scatter_elements_params
  EB_OP_SCATTER_ND = 136,        // in, indices, updates, out: eb_scatter_nd_params
  EB_OP_REVERSE_SEQUENCE = 137,  // in, lengths, out: eb_reverse_sequence_params
  EB_OP_DETERMINANT_F32 = 138,   // in, out: eb_determinant_params
  EB_OP_DETECTION_F32 = 200,     // box encodings, scores, best score a box, anchors, out: eb_detection_params
  // weights, [bias], packed weights: eb_pack_gemm_params
  EB_OP_PACK_GEMM_F32 = 160,
  EB_OP_RMS_NORM_F32 = 161,       // in, [scale], out: eb_layer_norm_params
  EB_OP_GROUP_NORM_F32 = 162,     // in, [scale], [bias], out: eb_group_norm_params
  EB_OP_RESAMPLE_F32 = 163,       // in, indices (i32), weights, [offsets], out: eb_resample_params
  EB_OP_WINDOW_REDUCE_F32 = 164,  // in, out: eb_window_reduce_params
  EB_OP_GRID_SAMPLE_F32 = 165,    // in, grid, out: eb_grid_sample_params
  EB_OP_ROI_ALIGN_F32 = 166,      // in, boxes, images (i32), out: eb_roi_align_params
  EB_OP_COL2IM_F32 = 167,         // in, out: eb_col2im_params
  // 176 to 191: their last two operands are the output and a scratch.
  EB_OP_RECURRENT_F32 = 176,        // see recurrent-f32.c: eb_recurrent_params
  EB_OP_ATTENTION_F32 = 177,        // q, k, v, [mask], [lengths], out, scratch: eb_attention_params
  EB_OP_CONV_ND_F32 = 178,          // in, packed weights, bias, out, scratch: eb_conv_nd_params
  EB_OP_DEFORM_CONV_F32 = 179,      // in, packed weights, offsets, [mask], out, scratch: eb_deform_conv_params
  EB_OP_FOURIER_F32 = 180,          // in, out, scratch: eb_fourier_params
  EB_OP_NON_MAX_SUPPRESSION = 181,  // boxes, scores, out, scratch: eb_non_max_suppression_params
};

// What an operator may use besides its operands.
typedef struct {
  uint32_t threads;      // the caller's included
  struct eb_pool *pool;  // NULL: everything runs on the calling thread; see eb_threads.h
} eb_context;

typedef struct {
  const char *name;  // "conv2d_f32"
  uint32_t params_bytes;
  // Whether operands of these sizes hold all that an operator with these parameters touches. Called once, when
  // a plan is loaded; the parameters come from outside and may say anything, so arithmetic must not overflow.
  bool (*accepts)(const void *params, const size_t *operand_bytes, size_t operand_count);
  // Fills the workspace once, when the operands' addresses are final; NULL where there is none.
  void (*prepare)(const void *params, void *const *operands);
  void (*run)(const void *params, void *const *operands, const eb_context *context);
} eb_operator;

// NULL for a number that this build does not have.
const eb_operator *eb_operator_for(uint32_t op);

#ifdef __cplusplus
}
#endif

#endif
