// The inner loops of the element-wise and row-wise operators, one table an instruction set.
//
// All come from one source (vector-body.h), compiled once an instruction set: the scalar table calls the C
// library's functions and is the reference, the others use the polynomials of vector-math.h.
#ifndef EB_VECTOR_KERNELS_H
#define EB_VECTOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "eb_isa.h"
#include "eb_operators.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  // out[i] = f(in[i]); in place is fine.
  void (*unary_f32)(const eb_unary_params *params, const float *in, float *out);
  // out[i] = clamp(a[i * a_stride] op b[i * b_stride]); in place is fine where the stride is 1.
  void (*binary_f32_row)(const eb_binary_params *params, size_t count, const float *a, size_t a_stride, const float *b,
                         size_t b_stride, float *out);
  // One contiguous row. Not finite where the row's maximum is not.
  void (*softmax_f32_row)(size_t count, float beta, const float *in, float *out);
  void (*log_softmax_f32_row)(size_t count, const float *in, float *out);
  // `scale` and `bias` may be NULL.
  void (*layer_norm_f32_row)(size_t count, float epsilon, const float *in, const float *scale, const float *bias,
                             float *out);
  // The reduction of one contiguous row: sum, sum of squares, maximum, minimum or product.
  float (*reduce_f32_row)(uint32_t kind, size_t count, const float *in);
  // out[i] = out[i] combined with in[i], for the same kinds.
  void (*accumulate_f32_row)(uint32_t kind, size_t count, const float *in, float *out);
  // Half away from zero, or to even, saturating; NaN gives the zero point, which is within the type's range.
  void (*quantize_f32_i8)(size_t count, float scale, int32_t zero_point, const float *in, int8_t *out);
  void (*quantize_even_f32_i8)(size_t count, float scale, int32_t zero_point, const float *in, int8_t *out);
  void (*dequantize_i8_f32)(size_t count, float scale, int32_t zero_point, const int8_t *in, float *out);
  // Half to even; NaN stays NaN.
  void (*f32_to_f16)(size_t count, const float *in, uint16_t *out);
  void (*f16_to_f32)(size_t count, const uint16_t *in, float *out);
  // Output rows [first, end) of batch * out_height.
  void (*resize_bilinear_f32)(const eb_resize_params *params, size_t first, size_t end, const float *in, float *out);
  // One row of one step of a recurrent layer, after its products.
  void (*recurrent_row_f32)(const eb_recurrent_row *row);
  // in / sqrt(mean of squares + epsilon) * scale, which may be NULL, over one row.
  void (*rms_norm_f32_row)(size_t count, float epsilon, const float *in, const float *scale, float *out);
  // sums[i] += (in[i] - mean[i])^2
  void (*accumulate_deviation_f32)(size_t count, const float *in, const float *mean, float *sums);
  // out[i] = (in[i] - mean[i]) * factor[i] + bias[i]
  void (*standardize_f32)(size_t count, const float *in, const float *mean, const float *factor, const float *bias,
                          float *out);
  // out[i] += factor * in[i]
  void (*add_scaled_f32)(size_t count, float factor, const float *in, float *out);
  // scores[j] = scale * query . keys[j]
  void (*attention_scores_f32)(size_t keys, size_t depth, float scale, const float *query, const float *key,
                               size_t key_stride, float *scores);
  // out = sum over j of weights[j] * values[j]
  void (*attention_mix_f32)(size_t keys, size_t depth, const float *weights, const float *value, size_t value_stride,
                            float *out);
  // x = cap * tanh(x / cap)
  void (*softcap_f32)(size_t count, float cap, float *x);
} eb_vector_kernels;

// The table for `isa`, or the nearest below it.
const eb_vector_kernels *eb_vector_kernels_for(enum eb_isa isa);
// The table for eb_isa_current().
const eb_vector_kernels *eb_vector_kernels_active(void);

#ifdef __cplusplus
}
#endif

#endif
