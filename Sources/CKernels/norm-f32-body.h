// Normalisations beside that of a layer. Part of vector-body.h, after
// row-f32-body.h.

// in / sqrt(mean of squares + epsilon) * scale
static void EB_KERNEL(rms_norm_f32_row)(size_t count, float epsilon, const float *in, const float *scale, float *out) {
  const float squares = EB_KERNEL(reduce_f32_row)(EB_REDUCE_SUM_OF_SQUARES, count, in);
  const float factor = 1.0f / sqrtf(squares / (float)count + epsilon);
  if (scale != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = in[i] * factor * scale[i];
  } else {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = in[i] * factor;
  }
}

// sums[i] += (in[i] - mean[i])^2
static void EB_KERNEL(accumulate_deviation_f32)(size_t count, const float *in, const float *mean, float *sums) {
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float d = in[i] - mean[i];
    sums[i] += d * d;
  }
}

// out[i] = (in[i] - mean[i]) * factor[i] + bias[i]
static void EB_KERNEL(standardize_f32)(size_t count, const float *in, const float *mean, const float *factor,
                                       const float *bias, float *out) {
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) out[i] = (in[i] - mean[i]) * factor[i] + bias[i];
}
