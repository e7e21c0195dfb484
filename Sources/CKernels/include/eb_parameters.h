// The parameters of operators, as they stand in plans: numbers, and structs without pointers. `isa` is an enum eb_isa.
#ifndef EB_PARAMETERS_H
#define EB_PARAMETERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EB_MAX_RANK 6u

// Values of Graph.ElementType.
enum eb_type {
  EB_F32 = 1,
  EB_F16 = 2,
  EB_F64 = 3,
  EB_I8 = 4,
  EB_U8 = 5,
  EB_I16 = 6,
  EB_U16 = 7,
  EB_I32 = 8,
  EB_I64 = 9,
  EB_BOOL = 10,
  EB_I4 = 11,
  EB_U32 = 12,
  EB_U64 = 13,
  EB_U4 = 14,
  EB_I2 = 15,
  EB_U2 = 16,
  EB_BF16 = 17,
  EB_F8E4M3FN = 18,
  EB_F8E4M3FNUZ = 19,
  EB_F8E5M2 = 20,
  EB_F8E5M2FNUZ = 21,
  EB_F4E2M1 = 22,
  EB_F8E8M0 = 23,
};

// Convolution, depthwise and transposed convolution.
typedef struct {
  uint32_t batch;
  uint32_t in_height, in_width, in_channels;
  uint32_t out_height, out_width, out_channels;
  uint32_t kernel_height, kernel_width;
  uint32_t stride_height, stride_width;
  uint32_t dilation_height, dilation_width;
  uint32_t pad_top, pad_left;             // below and right follow from the output's size
  uint32_t groups;                        // depthwise: in_channels; the multiplier is out_channels / in_channels
  uint32_t isa;                           // enum eb_isa that the weights are packed for
  uint32_t algorithm;                     // the kernel family's own choice, made when packing; see eb_pack.h
  float min, max;                         // of the real result (f32 operators)
  int32_t in_zero_point, out_zero_point;  // qs8
  int32_t out_min, out_max;               // qs8: clamp in steps
} eb_conv2d_params;

// out[m, n] = clamp(sum over k of in[m, k] * weights[n, k] + bias[n])
typedef struct {
  uint32_t rows, out_channels, in_channels;  // m, n, k
  uint32_t isa, algorithm;
  float min, max;
  int32_t in_zero_point, out_zero_point;
  int32_t out_min, out_max;
} eb_fully_connected_params;

// Batched product of two activations. Strides are in elements; a batch stride of 0 repeats the operand.
typedef struct {
  uint32_t batch, m, n, k;
  uint32_t transpose_a, transpose_b;  // a is [k, m] / b is [n, k]
  uint64_t a_batch_stride, b_batch_stride;
  float scale;  // multiplies the product (attention's 1/sqrt(d)); 1 otherwise
  float min, max;
  uint32_t isa;
} eb_matmul_params;

typedef struct {
  uint32_t batch;
  uint32_t in_height, in_width, channels;
  uint32_t out_height, out_width;
  uint32_t window_height, window_width;
  uint32_t stride_height, stride_width;
  uint32_t pad_top, pad_left;
  uint32_t counts_padding;
  float min, max;
  int32_t in_zero_point, out_zero_point;
  float scale;  // qs8 average: in_scale / out_scale
  int32_t out_min, out_max;
  uint32_t isa;  // f32: enum eb_isa that it runs on
} eb_pool2d_params;

enum eb_unary {
  EB_UNARY_CLAMP = 1,   // [p0, p1]
  EB_UNARY_LEAKY_RELU,  // p0: slope
  EB_UNARY_ELU,         // p0: alpha
  EB_UNARY_SIGMOID,
  EB_UNARY_TANH,
  EB_UNARY_HARD_SWISH,
  EB_UNARY_SILU,
  EB_UNARY_HARD_SIGMOID,  // clamp(p0 * x + p1, 0, 1)
  EB_UNARY_GELU,
  EB_UNARY_GELU_TANH,
  EB_UNARY_SOFTPLUS,
  EB_UNARY_ERF,
  EB_UNARY_EXP,
  EB_UNARY_LOG,
  EB_UNARY_SQRT,
  EB_UNARY_RSQRT,
  EB_UNARY_SQUARE,
  EB_UNARY_ABS,
  EB_UNARY_NEGATE,
  EB_UNARY_RECIPROCAL,
  EB_UNARY_FLOOR,
  EB_UNARY_CEIL,
  EB_UNARY_ROUND,
  EB_UNARY_SIGN,
  EB_UNARY_SIN,
  EB_UNARY_COS,
  EB_UNARY_RELU,
};

typedef struct {
  uint64_t count;
  uint32_t kind;  // enum eb_unary
  float p0, p1;
  uint32_t padding;
} eb_unary_params;

typedef struct {
  uint64_t count;
} eb_count_params;

// Values of Graph.Binary.
enum eb_binary {
  EB_BINARY_ADD = 0,
  EB_BINARY_SUBTRACT,
  EB_BINARY_MULTIPLY,
  EB_BINARY_DIVIDE,
  EB_BINARY_MINIMUM,
  EB_BINARY_MAXIMUM,
  EB_BINARY_POWER,
  EB_BINARY_SQUARED_DIFFERENCE,
  EB_BINARY_FLOOR_DIVIDE,
  EB_BINARY_FLOOR_MODULO,
  EB_BINARY_EQUAL,
  EB_BINARY_NOT_EQUAL,
  EB_BINARY_LESS,
  EB_BINARY_LESS_EQUAL,
  EB_BINARY_GREATER,
  EB_BINARY_GREATER_EQUAL,
  EB_BINARY_LOGICAL_AND,
  EB_BINARY_LOGICAL_OR,
  EB_BINARY_PRELU,
  EB_BINARY_TRUNCATED_MODULO,  // C's fmod and %: the sign of a
  EB_BINARY_BITWISE_AND,
  EB_BINARY_BITWISE_OR,
  EB_BINARY_BITWISE_XOR,
  EB_BINARY_SHIFT_LEFT,   // by the width or more: 0
  EB_BINARY_SHIFT_RIGHT,  // of a signed number: its sign fills up
  EB_BINARY_ARC_TANGENT,  // atan2(a, b)
};

// Strides are in elements; 0 broadcasts. Lowering merges axes, so that equal shapes come as rank 1.
typedef struct {
  uint32_t kind;  // enum eb_binary
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];
  uint64_t a_strides[EB_MAX_RANK], b_strides[EB_MAX_RANK];
  float min, max;
  // qs8: real = scale * (q - zero_point)
  float a_scale, b_scale, out_scale;
  int32_t a_zero_point, b_zero_point, out_zero_point;
  int32_t out_min, out_max;  // qs8; i32 where out_min < out_max
} eb_binary_params;

typedef struct {
  uint32_t rank;
  uint32_t padding;
  uint64_t shape[EB_MAX_RANK];
  uint64_t condition_strides[EB_MAX_RANK], a_strides[EB_MAX_RANK], b_strides[EB_MAX_RANK];
} eb_select_params;

// Values of Graph.Reduction.
enum eb_reduction {
  EB_REDUCE_SUM = 0,
  EB_REDUCE_MEAN,
  EB_REDUCE_MAXIMUM,
  EB_REDUCE_MINIMUM,
  EB_REDUCE_PRODUCT,
  EB_REDUCE_ANY,
  EB_REDUCE_ALL,
  EB_REDUCE_SUM_OF_SQUARES,
  EB_REDUCE_L2_NORM,
  EB_REDUCE_ARG_MAX,
  EB_REDUCE_ARG_MIN,
};

typedef struct {
  uint32_t kind;  // enum eb_reduction
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];  // of the input
  uint32_t axes;                // bit i: axis i is reduced
  int32_t in_zero_point, out_zero_point;
  float scale;  // qs8 mean: in_scale / out_scale
} eb_reduce_params;

// Along the last axis of [rows, count], elements `stride` apart: element c of row (o, i) is at
// (o * count + c) * stride + i with rows = outer * stride.
typedef struct {
  uint64_t outer, count, stride;
  float beta;
  float in_scale;  // qs8
  int32_t in_zero_point;
  uint32_t padding;
} eb_softmax_params;

typedef struct {
  uint64_t rows, count;
  float epsilon;
  uint32_t has_scale, has_bias;  // operands left out where 0
  uint32_t padding;
} eb_layer_norm_params;

// out[offset_out + sum i * out_strides] = in[offset_in + sum i * in_strides], in elements of `element_bytes`.
typedef struct {
  uint32_t element_bytes;
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];
  int64_t in_strides[EB_MAX_RANK], out_strides[EB_MAX_RANK];
  uint64_t in_offset, out_offset;
} eb_copy_nd_params;

typedef struct {
  uint64_t count;
  uint32_t element_bytes;
  uint32_t padding;
  uint64_t value;  // the element's bytes, little-endian
} eb_fill_params;

// out[o, i, :] = in[o, indices[i], :]; an index outside [-axis_size, axis_size) is clamped.
typedef struct {
  uint64_t outer, axis_size, inner_bytes, index_count;
  uint32_t index_type;  // EB_I32 or EB_I64
  uint32_t padding;
} eb_gather_params;

typedef struct {
  uint32_t mode;  // 1 reflect, 2 symmetric, 3 edge, 4 wrap
  uint32_t element_bytes;
  uint32_t rank;
  uint32_t padding;
  uint64_t in_shape[EB_MAX_RANK], before[EB_MAX_RANK], out_shape[EB_MAX_RANK];
} eb_pad_mirror_params;

typedef struct {
  uint32_t batch, in_height, in_width, channels, out_height, out_width;
  uint32_t aligns_corners, half_pixel_centers;
  uint32_t element_bytes;  // nearest
} eb_resize_params;

// out = to_type(from): through real numbers where a scale is set (0: the number itself). Quantizing rounds half away
// from zero, or to even with `half_to_even`, and saturates, NaN gives the zero point; a cast to an integer rounds
// toward zero and saturates (to fewer than 8 bits: keeps the low ones), NaN gives 0; between integers the low bits are
// kept. With `has_scales`, the third operand, f32 [channels], takes the place of from_scale where that is set, else of
// to_scale.
typedef struct {
  uint64_t outer, channels, inner;  // count = outer * channels * inner; scales run along `channels`
  uint32_t from, to;                // enum eb_type
  float from_scale, to_scale;
  int32_t from_zero_point, to_zero_point;
  uint32_t has_scales;
  uint32_t overflows;  // to a float of 8 bits: 1: what is too large becomes infinity or NaN; 0: the largest number
  uint32_t half_to_even, padding;
} eb_convert_params;

// Values of Graph.Unary, as far as EB_OP_MATH has them.
enum eb_math {
  EB_MATH_TAN = 1,
  EB_MATH_ASIN,
  EB_MATH_ACOS,
  EB_MATH_ATAN,
  EB_MATH_SINH,
  EB_MATH_COSH,
  EB_MATH_ASINH,
  EB_MATH_ACOSH,
  EB_MATH_ATANH,
  EB_MATH_SOFTSIGN,          // x / (1 + |x|)
  EB_MATH_MISH,              // x * tanh(ln(1 + e^x))
  EB_MATH_CELU,              // p0: alpha; max(0, x) + min(0, alpha * (e^(x / alpha) - 1))
  EB_MATH_SELU,              // p0: alpha, p1: gamma; gamma * (x > 0 ? x : alpha * (e^x - 1))
  EB_MATH_THRESHOLDED_RELU,  // p0: x > p0 ? x : 0
  EB_MATH_SHRINK,            // p0: lambda, p1: bias; x < -lambda ? x + bias : x > lambda ? x - bias : 0
  EB_MATH_SWISH,             // p0: alpha; x / (1 + e^(-alpha * x))
  EB_MATH_IS_NAN,            // out: bool bytes
  EB_MATH_IS_INFINITE,       // out: bool bytes; p0 not 0: +infinity counts, p1 not 0: -infinity
  EB_MATH_EXPM1,
  EB_MATH_LOG1P,
};

typedef struct {
  uint64_t count;
  uint32_t kind;  // enum eb_math
  uint32_t type;  // enum eb_type with a fraction; of the input, and of the output where that is not bool
  float p0, p1;
} eb_math_params;

// As eb_binary_params; computed in f64, or in 64 bits of which the low ones are kept.
typedef struct {
  uint32_t kind;  // enum eb_binary, but not PRELU; comparisons and logic: out is bool
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];
  uint64_t a_strides[EB_MAX_RANK], b_strides[EB_MAX_RANK];
  uint32_t type;  // enum eb_type of a and b, in whole bytes
  uint32_t padding;
} eb_binary_any_params;

typedef struct {
  uint32_t kind;  // enum eb_reduction up to L2_NORM
  uint32_t rank;
  uint64_t shape[EB_MAX_RANK];  // of the input
  uint32_t axes;                // bit i: axis i is reduced
  uint32_t type;                // enum eb_type, in whole bytes
} eb_reduce_any_params;

// out[.., k, ..] = in[.., 0, ..] + ... + in[.., k, ..] along one axis.
typedef struct {
  uint64_t outer, count, inner;
  uint32_t type;  // enum eb_type, in whole bytes
  uint32_t is_product;
  uint32_t is_exclusive;  // without in[.., k, ..]
  uint32_t is_reversed;   // from the end
} eb_cumulative_params;

// Along one axis, the indices of the `chosen` largest (or smallest) elements in order, of equals the lower index first.
typedef struct {
  uint64_t outer, count, inner, chosen;
  uint32_t type;  // enum eb_type, in whole bytes
  uint32_t is_largest;
} eb_top_indices_params;

// out[i0, .., i, ..] = in[i0, .., indices[i0, .., i, ..], ..]; an index out of range is clamped.
typedef struct {
  uint32_t rank, axis;
  uint64_t in_shape[EB_MAX_RANK],
      index_shape[EB_MAX_RANK];  // of the indices and of out: at most `in`'s but along the axis
  uint32_t element_bytes;
  uint32_t index_type;  // EB_I32 or EB_I64
} eb_gather_elements_params;

// Each of `tuples` rows of `depth` indices in each of `batch` parts names a slice; an index out of range is clamped.
typedef struct {
  uint64_t batch, tuples, slice_bytes;
  uint32_t depth;
  uint32_t index_type;             // EB_I32 or EB_I64
  uint64_t in_shape[EB_MAX_RANK];  // the axes that are indexed, `depth` of them
} eb_gather_nd_params;

// What happens to an element that is scattered to.
enum eb_scatter { EB_SCATTER_SET = 0, EB_SCATTER_ADD, EB_SCATTER_MULTIPLY, EB_SCATTER_MINIMUM, EB_SCATTER_MAXIMUM };

// out = in, then out[i0, .., indices[i0, .., i, ..], ..] takes updates[i0, .., i, ..]; an index out of range does
// nothing.
typedef struct {
  uint32_t rank, axis;
  uint64_t in_shape[EB_MAX_RANK], index_shape[EB_MAX_RANK];
  uint32_t type;  // enum eb_type, in whole bytes
  uint32_t index_type;
  uint32_t kind;  // enum eb_scatter
  uint32_t padding;
} eb_scatter_elements_params;

// out = in, then the slices that the tuples of indices name take those of `updates`; one out of range does nothing.
typedef struct {
  uint64_t tuples, slice;  // elements
  uint32_t depth;
  uint32_t index_type;
  uint64_t in_shape[EB_MAX_RANK];  // the axes that are indexed, `depth` of them
  uint32_t type;                   // enum eb_type, in whole bytes
  uint32_t kind;                   // enum eb_scatter
} eb_scatter_nd_params;

// The first lengths[b] elements along the time axis in reverse order. in: [outer, x, middle, y, inner], where x is the
// batch axis and y the time axis, or the other way round.
typedef struct {
  uint64_t outer, first, middle, second, inner_bytes;
  uint32_t batch_is_first;
  uint32_t index_type;
} eb_reverse_sequence_params;

typedef struct {
  uint64_t batch, size;  // of square matrices
} eb_determinant_params;
#define EB_DETECTION_MOST 1024u

// Boxes [boxes, 4] and anchors are (y, x, height, width); scores [boxes, score_columns], of which the last `classes`
// count. out [detections * classes_per_detection + 1, 6]: rows of top, left, bottom, right, class, score, zeros where
// there is none; the last row begins with how many boxes there are.
typedef struct {
  uint32_t boxes, classes, score_columns;
  uint32_t detections, classes_per_detection, detections_per_class;  // up to EB_DETECTION_MOST
  uint32_t is_by_class;  // each class on its own, and one class a detection; else boxes by their best class
  float score_threshold, overlap_threshold;
  float y_scale, x_scale, height_scale, width_scale;
} eb_detection_params;

#ifdef __cplusplus
}
#endif

#endif
