// Reductions and normalisations of rows. Part of vector-body.h. Sums are taken in any order, so their error is
// bounded by count * 2^-24 * the sum of the magnitudes.

// The largest sign * in[i]; -infinity of nothing. In lanes, for the compiler may not reorder comparisons that a NaN
// could enter.
static float EB_KERNEL(maximum)(size_t count, const float *in, float sign) {
  float result = -__builtin_inff();
  size_t i = 0;
  if (count >= EB_LANES) {
    float lanes[EB_LANES];
    for (size_t j = 0; j < EB_LANES; j++) lanes[j] = result;
    for (; i + EB_LANES <= count; i += EB_LANES) {
      for (size_t j = 0; j < EB_LANES; j++) {
        const float x = sign * in[i + j];
        lanes[j] = x > lanes[j] ? x : lanes[j];
      }
    }
    for (size_t half = EB_LANES / 2; half != 0; half /= 2) {
      for (size_t j = 0; j < half; j++) lanes[j] = lanes[j + half] > lanes[j] ? lanes[j + half] : lanes[j];
    }
    result = lanes[0];
  }
  for (; i < count; i++) {
    const float x = sign * in[i];
    result = x > result ? x : result;
  }
  return result;
}

static float EB_KERNEL(reduce_f32_row)(uint32_t kind, size_t count, const float *in) {
#pragma clang fp reassociate(on)
  switch (kind) {
    case EB_REDUCE_MAXIMUM:
      return EB_KERNEL(maximum)(count, in, 1.0f);
    case EB_REDUCE_MINIMUM:
      return -EB_KERNEL(maximum)(count, in, -1.0f);
    case EB_REDUCE_PRODUCT: {
      float result = 1.0f;
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) result *= in[i];
      return result;
    }
    case EB_REDUCE_SUM_OF_SQUARES: {
      float result = 0.0f;
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) result += in[i] * in[i];
      return result;
    }
    default: {
      float result = 0.0f;
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) result += in[i];
      return result;
    }
  }
}

static void EB_KERNEL(accumulate_f32_row)(uint32_t kind, size_t count, const float *in, float *out) {
#define EB_MAP(kind, expression)                    \
  kind:                                             \
  EB_VECTORIZE for (size_t i = 0; i < count; i++) { \
    const float x = in[i];                          \
    out[i] = (expression);                          \
  }                                                 \
  break;
  switch (kind) {
    EB_MAP(case EB_REDUCE_MAXIMUM, x > out[i] ? x : out[i])
    EB_MAP(case EB_REDUCE_MINIMUM, x < out[i] ? x : out[i])
    EB_MAP(case EB_REDUCE_PRODUCT, out[i] * x)
    EB_MAP(case EB_REDUCE_SUM_OF_SQUARES, out[i] + x * x)
    EB_MAP(default, out[i] + x)
  }
#undef EB_MAP
}

// e^(beta * (in[i] - shift)) into out; returns the sum. Rows are often short, so the rest takes a whole step of lanes.
static float EB_KERNEL(exp_row)(size_t count, float beta, float shift, const float *in, float *out) {
#pragma clang fp reassociate(on)
  const size_t whole = count / EB_LANES * EB_LANES, rest = count - whole;
  float sum = 0.0f;
  EB_VECTORIZE
  for (size_t i = 0; i < whole; i++) {
    const float e = EB_EXP(beta * (in[i] - shift));
    out[i] = e;
    sum += e;
  }
  if (rest != 0) {
    float block[EB_LANES];
    for (size_t j = 0; j < EB_LANES; j++) block[j] = shift;
    memcpy(block, in + whole, rest * sizeof(float));
    EB_VECTORIZE_BLOCK
    for (uint32_t j = 0; j < (uint32_t)EB_LANES; j++) {
      const float e = EB_EXP(beta * (block[j] - shift));
      block[j] = e;
      sum += j < (uint32_t)rest ? e : 0.0f;
    }
    memcpy(out + whole, block, rest * sizeof(float));
  }
  return sum;
}

static void EB_KERNEL(softmax_f32_row)(size_t count, float beta, const float *in, float *out) {
  const float shift = EB_KERNEL(reduce_f32_row)(beta < 0.0f ? EB_REDUCE_MINIMUM : EB_REDUCE_MAXIMUM, count, in);
  const float scale = 1.0f / EB_KERNEL(exp_row)(count, beta, shift, in, out);
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) out[i] *= scale;
}

static void EB_KERNEL(log_softmax_f32_row)(size_t count, const float *in, float *out) {
#pragma clang fp reassociate(on)
  const float shift = EB_KERNEL(reduce_f32_row)(EB_REDUCE_MAXIMUM, count, in);
  // Not through exp_row: in place, the row is still needed.
  float sum = 0.0f;
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) sum += EB_EXP(in[i] - shift);
  const float log_sum = logf(sum);
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) out[i] = (in[i] - shift) - log_sum;
}

static void EB_KERNEL(layer_norm_f32_row)(size_t count, float epsilon, const float *in, const float *scale,
                                          const float *bias, float *out) {
#pragma clang fp reassociate(on)
  const float mean = EB_KERNEL(reduce_f32_row)(EB_REDUCE_SUM, count, in) / (float)count;
  float variance = 0.0f;
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) variance += (in[i] - mean) * (in[i] - mean);
  const float factor = 1.0f / sqrtf(variance / (float)count + epsilon);
  if (scale != NULL && bias != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = (in[i] - mean) * factor * scale[i] + bias[i];
  } else if (scale != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = (in[i] - mean) * factor * scale[i];
  } else if (bias != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = (in[i] - mean) * factor + bias[i];
  } else {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) out[i] = (in[i] - mean) * factor;
  }
}
