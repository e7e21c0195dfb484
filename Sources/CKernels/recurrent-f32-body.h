// One row of one step of a recurrent layer, after the matrix products. Part of vector-body.h.

static void EB_KERNEL(recurrent_activate)(const eb_recurrent_activation *f, float clip, size_t count, float *x) {
  if (clip < __builtin_inff()) {
    EB_VECTORIZE
    for (size_t i = 0; i < count; i++) x[i] = eb_clamp(x[i], -clip, clip);
  }
  const float alpha = f->alpha, beta = f->beta;
  eb_unary_params unary = {.count = count, .p0 = alpha, .p1 = beta};
  switch (f->kind) {
    case EB_RECURRENT_AFFINE:
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) x[i] = alpha * x[i] + beta;
      return;
    case EB_RECURRENT_THRESHOLDED_RELU:
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) x[i] = x[i] > alpha ? x[i] : 0.0f;
      return;
    case EB_RECURRENT_SCALED_TANH:
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) x[i] = alpha * EB_TANH(beta * x[i]);
      return;
    case EB_RECURRENT_SOFTSIGN:
      EB_VECTORIZE
      for (size_t i = 0; i < count; i++) x[i] = x[i] / (1.0f + __builtin_fabsf(x[i]));
      return;
    case EB_RECURRENT_SIGMOID:
      unary.kind = EB_UNARY_SIGMOID;
      break;
    case EB_RECURRENT_RELU:
      unary.kind = EB_UNARY_RELU;
      break;
    case EB_RECURRENT_LEAKY_RELU:
      unary.kind = EB_UNARY_LEAKY_RELU;
      break;
    case EB_RECURRENT_HARD_SIGMOID:
      unary.kind = EB_UNARY_HARD_SIGMOID;
      break;
    case EB_RECURRENT_ELU:
      unary.kind = EB_UNARY_ELU;
      break;
    case EB_RECURRENT_SOFTPLUS:
      unary.kind = EB_UNARY_SOFTPLUS;
      break;
    default:
      unary.kind = EB_UNARY_TANH;
  }
  EB_KERNEL(unary_f32)(&unary, x, x);
}

static void EB_KERNEL(lstm_row)(const eb_recurrent_row *row) {
  const size_t n = row->hidden;
  const float *r = row->r, *p = row->peepholes;
  float *x = row->x, *cell = row->cell, *state = row->state;
  float *input = x, *output = x + n, *forget = x + 2 * n, *candidate = x + 3 * n;
  EB_VECTORIZE
  for (size_t i = 0; i < 4 * n; i++) x[i] += r[i];
  if (p != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) input[i] += p[i] * cell[i];
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) forget[i] += p[2 * n + i] * cell[i];
  }
  EB_KERNEL(recurrent_activate)(&row->functions[0], row->clip, n, input);
  if (row->couples_forget) {
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) forget[i] = 1.0f - input[i];
  } else {
    EB_KERNEL(recurrent_activate)(&row->functions[0], row->clip, n, forget);
  }
  EB_KERNEL(recurrent_activate)(&row->functions[1], row->clip, n, candidate);
  EB_VECTORIZE
  for (size_t i = 0; i < n; i++) cell[i] = forget[i] * cell[i] + input[i] * candidate[i];
  if (p != NULL) {
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) output[i] += p[n + i] * cell[i];
  }
  EB_KERNEL(recurrent_activate)(&row->functions[0], row->clip, n, output);
  memcpy(input, cell, n * sizeof(float));
  EB_KERNEL(recurrent_activate)(&row->functions[2], __builtin_inff(), n, input);
  EB_VECTORIZE
  for (size_t i = 0; i < n; i++) state[i] = output[i] * input[i];
}

static void EB_KERNEL(gru_row)(const eb_recurrent_row *row) {
  const size_t n = row->hidden;
  const float *r = row->r;
  float *x = row->x, *state = row->state, *reset = row->reset;
  float *update = x, *keep = x + n, *candidate = x + 2 * n;
  if (row->stage == 0) {
    EB_VECTORIZE
    for (size_t i = 0; i < 2 * n; i++) x[i] += r[i];
    EB_KERNEL(recurrent_activate)(&row->functions[0], row->clip, 2 * n, x);
    if (!row->resets_after) {
      EB_VECTORIZE
      for (size_t i = 0; i < n; i++) reset[i] = keep[i] * state[i];
      return;
    }
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) candidate[i] += keep[i] * r[2 * n + i];
  } else {
    EB_VECTORIZE
    for (size_t i = 0; i < n; i++) candidate[i] += r[2 * n + i];
  }
  EB_KERNEL(recurrent_activate)(&row->functions[1], row->clip, n, candidate);
  EB_VECTORIZE
  for (size_t i = 0; i < n; i++) state[i] = (1.0f - update[i]) * candidate[i] + update[i] * state[i];
}

static void EB_KERNEL(recurrent_row_f32)(const eb_recurrent_row *row) {
  if (row->kind == EB_RECURRENCE_LSTM) {
    EB_KERNEL(lstm_row)(row);
  } else if (row->kind == EB_RECURRENCE_GRU) {
    EB_KERNEL(gru_row)(row);
  } else {
    const float *r = row->r;
    float *x = row->x;
    EB_VECTORIZE
    for (size_t i = 0; i < row->hidden; i++) x[i] += r[i];
    EB_KERNEL(recurrent_activate)(&row->functions[0], row->clip, row->hidden, x);
    memcpy(row->state, x, row->hidden * sizeof(float));
  }
}
