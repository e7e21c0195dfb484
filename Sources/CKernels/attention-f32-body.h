// Attention of a single query. Part of vector-body.h.

// scores[j] = scale * query . keys[j]
static void EB_KERNEL(attention_scores_f32)(size_t keys, size_t depth, float scale, const float *query,
                                            const float *key, size_t key_stride, float *scores) {
#pragma clang fp reassociate(on)
  for (size_t j = 0; j < keys; j++, key += key_stride) {
    float sum = 0.0f;
    EB_VECTORIZE
    for (size_t i = 0; i < depth; i++) sum += query[i] * key[i];
    scores[j] = scale * sum;
  }
}

// out[i] += factor * in[i]
static void EB_KERNEL(add_scaled_f32)(size_t count, float factor, const float *in, float *out) {
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) out[i] += factor * in[i];
}

// out = sum over j of weights[j] * values[j]
static void EB_KERNEL(attention_mix_f32)(size_t keys, size_t depth, const float *weights, const float *value,
                                         size_t value_stride, float *out) {
  memset(out, 0, depth * sizeof(float));
  for (size_t j = 0; j < keys; j++, value += value_stride) {
    EB_KERNEL(add_scaled_f32)(depth, weights[j], value, out);
  }
}

// x = cap * tanh(x / cap)
static void EB_KERNEL(softcap_f32)(size_t count, float cap, float *x) {
  const float inverse = 1.0f / cap;
  EB_VECTORIZE
  for (size_t i = 0; i < count; i++) x[i] = cap * EB_TANH(x[i] * inverse);
}
