// The kernels of qs8-vector.h. Included once for each instruction set, which defines EB_QS8_VECTOR_TABLE and the
// target attributes. The same C gives the same bits everywhere: nothing here may be contracted or reordered.
#include "qs8-vector.h"

#pragma STDC FP_CONTRACT OFF

#ifndef EB_QS8_VECTOR_ADD
#define EB_QS8_VECTOR_ADD add
#endif
#ifndef EB_QS8_VECTOR_ADD_SCALAR
#define EB_QS8_VECTOR_ADD_SCALAR add_scalar
#endif
#ifndef EB_QD8_VECTOR_QUANTIZE
#define EB_QD8_VECTOR_QUANTIZE quantize
#endif
// Before loops over reals, where the compiler vectorises them only if it is told to.
#ifndef EB_QS8_VECTORIZE
#define EB_QS8_VECTORIZE
#endif

// Channels summed at a time.
enum { chunk = 64 };

static inline void max_pool_chunk(const eb_qs8_pool_job *job, const int8_t *in, size_t count, int8_t *out) {
  int8_t largest[chunk];
  memset(largest, -128, sizeof largest);
  for (size_t y = 0; y < job->height; y++) {
    for (size_t x = 0; x < job->width; x++) {
      const int8_t *pixel = in + y * job->row_bytes + x * job->channels;
      for (size_t c = 0; c < count; c++) largest[c] = pixel[c] > largest[c] ? pixel[c] : largest[c];
    }
  }
  const int8_t min = (int8_t)job->output.min, max = (int8_t)job->output.max;
  for (size_t c = 0; c < count; c++) {
    const int8_t clamped = largest[c] > min ? largest[c] : min;
    out[c] = clamped < max ? clamped : max;
  }
}

static void max_pool(const eb_qs8_pool_job *job, const int8_t *in, int8_t *out) {
  size_t c = 0;
  for (; c + chunk <= job->channels; c += chunk) max_pool_chunk(job, in + c, chunk, out + c);
  if (c < job->channels) max_pool_chunk(job, in + c, job->channels - c, out + c);
}

// The quotient to the nearest whole number, ties away from zero. The float quotient of a dividend below 2^24 is exact
// where it is whole, and off by less than 1 / divisor elsewhere, if the divisor is below 2^15 and the result a byte.
static inline int32_t average_of(int32_t sum, int32_t divisor) {
  const int32_t magnitude = sum < 0 ? -sum : sum;
  const int32_t quotient = (int32_t)((float)(2 * magnitude + divisor) / (float)(2 * divisor));
  return sum < 0 ? -quotient : quotient;
}

static inline void average_pool_chunk(const eb_qs8_pool_job *job, const int8_t *in, size_t count, int8_t *out) {
  int32_t sums[chunk];
  // The window has at most 2^23 pixels, so that the sum stays within 31 bits.
  const int32_t start = job->divisor != 0 ? 0 : -(int32_t)(job->height * job->width) * job->in_zero_point;
  for (size_t c = 0; c < count; c++) sums[c] = start;
  for (size_t y = 0; y < job->height; y++) {
    for (size_t x = 0; x < job->width; x++) {
      const int8_t *pixel = in + y * job->row_bytes + x * job->channels;
      for (size_t c = 0; c < count; c++) sums[c] += pixel[c];
    }
  }
  const eb_qs8_output output = job->output;
  if (job->divisor != 0) {
    const int32_t divisor = (int32_t)job->divisor, low = output.min, high = output.max;
    EB_QS8_VECTORIZE
    for (size_t c = 0; c < count; c++) {
      const int32_t average = average_of(sums[c], divisor);
      out[c] = (int8_t)(average < low ? low : average > high ? high : average);
    }
    return;
  }
  const float scale = job->scale;
  EB_QS8_VECTORIZE
  for (size_t c = 0; c < count; c++) out[c] = eb_qs8_requantize(sums[c], scale, &output);
}

static void average_pool(const eb_qs8_pool_job *job, const int8_t *in, int8_t *out) {
  size_t c = 0;
  for (; c + chunk <= job->channels; c += chunk) average_pool_chunk(job, in + c, chunk, out + c);
  if (c < job->channels) average_pool_chunk(job, in + c, job->channels - c, out + c);
}

static inline void add(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count,
                       int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  EB_QS8_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const float rest = __builtin_fmaf((float)b[i], j.b_scale, j.offset);
    out[i] = eb_qs8_from_real(__builtin_fmaf((float)a[i], j.a_scale, rest), &j.output);
  }
}

static inline void add_scalar(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count,
                              int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  const float rest = __builtin_fmaf((float)b, j.b_scale, j.offset);
  EB_QS8_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    out[i] = eb_qs8_from_real(__builtin_fmaf((float)a[i], j.a_scale, rest), &j.output);
  }
}

static void multiply(const eb_qs8_binary_job *job, const int8_t *a, const int8_t *b, size_t count,
                     int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  EB_QS8_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    const int32_t product = (a[i] - j.a_zero_point) * (b[i] - j.b_zero_point);
    out[i] = eb_qs8_requantize(product, j.a_scale, &j.output);
  }
}

static void multiply_scalar(const eb_qs8_binary_job *job, const int8_t *a, int8_t b, size_t count,
                            int8_t *restrict out) {
  const eb_qs8_binary_job j = *job;
  const int32_t factor = b - j.b_zero_point;
  EB_QS8_VECTORIZE
  for (size_t i = 0; i < count; i++) {
    out[i] = eb_qs8_requantize((a[i] - j.a_zero_point) * factor, j.a_scale, &j.output);
  }
}

static void accumulate(const int8_t *in, size_t count, int32_t *restrict sums) {
  for (size_t i = 0; i < count; i++) sums[i] += in[i];
}

static int32_t sum(const int8_t *in, size_t count) {
  int32_t total = 0;
  for (size_t i = 0; i < count; i++) total += in[i];
  return total;
}

static void extremes(const float *values, size_t count, float *min, float *max) {
  float low[32] = {0}, high[32] = {0};
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    EB_QS8_VECTORIZE
    for (size_t j = 0; j < 32; j++) {
      const float value = values[i + j];
      low[j] = value < low[j] ? value : low[j];
      high[j] = value > high[j] ? value : high[j];
    }
  }
  for (size_t j = 0; i + j < count; j++) {
    const float value = values[i + j];
    low[j] = value < low[j] ? value : low[j];
    high[j] = value > high[j] ? value : high[j];
  }
  for (size_t j = 1; j < 32; j++) {
    low[0] = low[j] < low[0] ? low[j] : low[0];
    high[0] = high[j] > high[0] ? high[j] : high[0];
  }
  *min = low[0];
  *max = high[0];
}

static inline void quantize(const float *values, size_t count, float inverse_scale, int32_t zero_point,
                            int8_t *restrict out) {
  const eb_qs8_output output = eb_qs8_output_of(zero_point, -128, 127);
  EB_QS8_VECTORIZE
  for (size_t i = 0; i < count; i++) out[i] = eb_qs8_from_real(values[i] * inverse_scale, &output);
}

const eb_qs8_vector_kernels EB_QS8_VECTOR_TABLE = {
    .max_pool = max_pool,
    .average_pool = average_pool,
    .add = EB_QS8_VECTOR_ADD,
    .add_scalar = EB_QS8_VECTOR_ADD_SCALAR,
    .multiply = multiply,
    .multiply_scalar = multiply_scalar,
    .accumulate = accumulate,
    .sum = sum,
    .extremes = extremes,
    .quantize = EB_QD8_VECTOR_QUANTIZE,
};
