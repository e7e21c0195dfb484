// Every operator of this build: its number, and the eb_operator that describes it. Included for its lines, twice.

// Convolution, fully connected, product
EB_OPERATOR(EB_OP_CONV2D_F32, eb_conv2d_f32)
EB_OPERATOR(EB_OP_CONV2D_F32_F16W, eb_conv2d_f32_f16w)
EB_OPERATOR(EB_OP_CONV2D_QS8_QC8W, eb_conv2d_qs8_qc8w)
EB_OPERATOR(EB_OP_CONV2D_QD8_F32_QC8W, eb_conv2d_qd8_f32_qc8w)
EB_OPERATOR(EB_OP_DWCONV2D_F32, eb_dwconv2d_f32)
EB_OPERATOR(EB_OP_DWCONV2D_F32_F16W, eb_dwconv2d_f32_f16w)
EB_OPERATOR(EB_OP_DWCONV2D_QS8_QC8W, eb_dwconv2d_qs8_qc8w)
EB_OPERATOR(EB_OP_DWCONV2D_QD8_F32_QC8W, eb_dwconv2d_qd8_f32_qc8w)
EB_OPERATOR(EB_OP_DECONV2D_F32, eb_deconv2d_f32)
EB_OPERATOR(EB_OP_DECONV2D_QS8_QC8W, eb_deconv2d_qs8_qc8w)
EB_OPERATOR(EB_OP_FULLY_CONNECTED_F32, eb_fully_connected_f32)
EB_OPERATOR(EB_OP_FULLY_CONNECTED_F32_F16W, eb_fully_connected_f32_f16w)
EB_OPERATOR(EB_OP_FULLY_CONNECTED_QS8_QC8W, eb_fully_connected_qs8_qc8w)
EB_OPERATOR(EB_OP_FULLY_CONNECTED_QD8_F32_QC8W, eb_fully_connected_qd8_f32_qc8w)
EB_OPERATOR(EB_OP_MATMUL_F32, eb_matmul_f32)

// Pooling
EB_OPERATOR(EB_OP_MAX_POOL2D_F32, eb_max_pool2d_f32)
EB_OPERATOR(EB_OP_AVERAGE_POOL2D_F32, eb_average_pool2d_f32)
EB_OPERATOR(EB_OP_MAX_POOL2D_QS8, eb_max_pool2d_qs8)
EB_OPERATOR(EB_OP_AVERAGE_POOL2D_QS8, eb_average_pool2d_qs8)

// Element-wise
EB_OPERATOR(EB_OP_UNARY_F32, eb_unary_f32)
EB_OPERATOR(EB_OP_LUT_X8, eb_lut_x8)
EB_OPERATOR(EB_OP_BINARY_F32, eb_binary_f32)
EB_OPERATOR(EB_OP_BINARY_QS8, eb_binary_qs8)
EB_OPERATOR(EB_OP_BINARY_I32, eb_binary_i32)
EB_OPERATOR(EB_OP_BINARY_I64, eb_binary_i64)
EB_OPERATOR(EB_OP_COMPARE_F32, eb_compare_f32)
EB_OPERATOR(EB_OP_COMPARE_I32, eb_compare_i32)
EB_OPERATOR(EB_OP_COMPARE_I64, eb_compare_i64)
EB_OPERATOR(EB_OP_LOGICAL_X8, eb_logical_x8)
EB_OPERATOR(EB_OP_SELECT_X32, eb_select_x32)
EB_OPERATOR(EB_OP_SELECT_X8, eb_select_x8)

// Reduction and normalisation
EB_OPERATOR(EB_OP_REDUCE_F32, eb_reduce_f32)
EB_OPERATOR(EB_OP_REDUCE_I32, eb_reduce_i32)
EB_OPERATOR(EB_OP_ARG_REDUCE_F32, eb_arg_reduce_f32)
EB_OPERATOR(EB_OP_ARG_REDUCE_QS8, eb_arg_reduce_qs8)
EB_OPERATOR(EB_OP_SOFTMAX_F32, eb_softmax_f32)
EB_OPERATOR(EB_OP_LOG_SOFTMAX_F32, eb_log_softmax_f32)
EB_OPERATOR(EB_OP_LAYER_NORM_F32, eb_layer_norm_f32)
EB_OPERATOR(EB_OP_REDUCE_MEAN_QS8, eb_reduce_mean_qs8)
EB_OPERATOR(EB_OP_SOFTMAX_QS8, eb_softmax_qs8)

// Data movement
EB_OPERATOR(EB_OP_COPY, eb_copy)
EB_OPERATOR(EB_OP_FILL, eb_fill)
EB_OPERATOR(EB_OP_COPY_ND, eb_copy_nd)
EB_OPERATOR(EB_OP_GATHER, eb_gather)
EB_OPERATOR(EB_OP_PAD_MIRROR, eb_pad_mirror)
EB_OPERATOR(EB_OP_RESIZE_BILINEAR_F32, eb_resize_bilinear_f32)
EB_OPERATOR(EB_OP_RESIZE_BILINEAR_QS8, eb_resize_bilinear_qs8)
EB_OPERATOR(EB_OP_RESIZE_NEAREST, eb_resize_nearest)
EB_OPERATOR(EB_OP_CONVERT, eb_convert)

// Any element type
EB_OPERATOR(EB_OP_MATH, eb_math)
EB_OPERATOR(EB_OP_BINARY_ANY, eb_binary_any)
EB_OPERATOR(EB_OP_REDUCE_ANY, eb_reduce_any)
EB_OPERATOR(EB_OP_CUMULATIVE, eb_cumulative)
EB_OPERATOR(EB_OP_TOP_INDICES, eb_top_indices)
EB_OPERATOR(EB_OP_GATHER_ELEMENTS, eb_gather_elements)
EB_OPERATOR(EB_OP_GATHER_ND, eb_gather_nd)
EB_OPERATOR(EB_OP_SCATTER_ELEMENTS, eb_scatter_elements)
EB_OPERATOR(EB_OP_SCATTER_ND, eb_scatter_nd)
EB_OPERATOR(EB_OP_REVERSE_SEQUENCE, eb_reverse_sequence)
EB_OPERATOR(EB_OP_DETERMINANT_F32, eb_determinant_f32)

// Detection
EB_OPERATOR(EB_OP_DETECTION_F32, eb_detection_f32)
// Sequences
EB_OPERATOR(EB_OP_PACK_GEMM_F32, eb_pack_gemm)
EB_OPERATOR(EB_OP_RECURRENT_F32, eb_recurrent_f32)
EB_OPERATOR(EB_OP_ATTENTION_F32, eb_attention_f32)
EB_OPERATOR(EB_OP_RMS_NORM_F32, eb_rms_norm_f32)
EB_OPERATOR(EB_OP_FOURIER_F32, eb_fourier_f32)

// Images in up to three dimensions, places that are computed, detection
EB_OPERATOR(EB_OP_GROUP_NORM_F32, eb_group_norm_f32)
EB_OPERATOR(EB_OP_RESAMPLE_F32, eb_resample_f32)
EB_OPERATOR(EB_OP_WINDOW_REDUCE_F32, eb_window_reduce_f32)
EB_OPERATOR(EB_OP_CONV_ND_F32, eb_conv_nd_f32)
EB_OPERATOR(EB_OP_DEFORM_CONV_F32, eb_deform_conv_f32)
EB_OPERATOR(EB_OP_GRID_SAMPLE_F32, eb_grid_sample_f32)
EB_OPERATOR(EB_OP_ROI_ALIGN_F32, eb_roi_align_f32)
EB_OPERATOR(EB_OP_COL2IM_F32, eb_col2im_f32)
EB_OPERATOR(EB_OP_NON_MAX_SUPPRESSION, eb_non_max_suppression)
