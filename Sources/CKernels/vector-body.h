// The bodies of eb_vector_kernels, included once an instruction set with EB_KERNEL(name) giving the names.
// EB_EXP and the like are those of vector-math.h, or what the includer set.

#ifndef EB_EXP
#define EB_EXP eb_exp
#define EB_EXPM1 eb_expm1
#define EB_TANH eb_tanh
#define EB_ERF eb_erf
#define EB_LOG eb_log
#define EB_LOG1P eb_log1p
// The outputs may be one of the inputs, element on element; a loop that does not vectorise is a compile error.
#define EB_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")
// The outputs are of another size than the inputs: one may not be the other in place.
#define EB_VECTORIZE_CHECKED _Pragma("clang loop vectorize(enable)")
// For loops of EB_LANES, which would be unrolled before they are vectorised.
#define EB_VECTORIZE_BLOCK _Pragma("clang loop vectorize(assume_safety) unroll(disable)")
#endif

// Sums and maxima of rows are kept this many at a time.
#ifndef EB_LANES
#define EB_LANES ((size_t)16)
#endif

#include "binary-f32-body.h"
#include "convert-body.h"
#include "resize-bilinear-f32-body.h"
#include "row-f32-body.h"
#include "unary-f32-body.h"
// After those whose functions it calls.
#include "attention-f32-body.h"
#include "norm-f32-body.h"
#include "recurrent-f32-body.h"

#define EB_VECTOR_KERNELS                                                                                             \
  {                                                                                                                   \
    .unary_f32 = EB_KERNEL(unary_f32), .binary_f32_row = EB_KERNEL(binary_f32_row),                                   \
    .softmax_f32_row = EB_KERNEL(softmax_f32_row), .log_softmax_f32_row = EB_KERNEL(log_softmax_f32_row),             \
    .layer_norm_f32_row = EB_KERNEL(layer_norm_f32_row), .reduce_f32_row = EB_KERNEL(reduce_f32_row),                 \
    .accumulate_f32_row = EB_KERNEL(accumulate_f32_row), .quantize_f32_i8 = EB_KERNEL(quantize_f32_i8),               \
    .quantize_even_f32_i8 = EB_KERNEL(quantize_even_f32_i8), .dequantize_i8_f32 = EB_KERNEL(dequantize_i8_f32),       \
    .f32_to_f16 = EB_KERNEL(f32_to_f16), .f16_to_f32 = EB_KERNEL(f16_to_f32),                                         \
    .resize_bilinear_f32 = EB_KERNEL(resize_bilinear_f32), .recurrent_row_f32 = EB_KERNEL(recurrent_row_f32),         \
    .rms_norm_f32_row = EB_KERNEL(rms_norm_f32_row), .accumulate_deviation_f32 = EB_KERNEL(accumulate_deviation_f32), \
    .standardize_f32 = EB_KERNEL(standardize_f32), .add_scaled_f32 = EB_KERNEL(add_scaled_f32),                       \
    .attention_scores_f32 = EB_KERNEL(attention_scores_f32), .attention_mix_f32 = EB_KERNEL(attention_mix_f32),       \
    .softcap_f32 = EB_KERNEL(softcap_f32)                                                                             \
  }
