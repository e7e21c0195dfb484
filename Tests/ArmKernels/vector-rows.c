// Rows: reductions, softmax, normalisations, attention and a recurrent layer's step differ from the scalar table by no
// more than the roundings of both; conversions do not differ.
#include <string.h>

#include "check.h"
#include "eb_vector_kernels.h"

static const eb_vector_kernels *scalar, *tested;
static enum eb_isa tested_isa;

// |a - b| <= bound for each of `count` values.
static void compare(const char *name, size_t row, const float *a, const float *b, size_t count, double bound) {
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) wrong += !(fabs((double)a[i] - (double)b[i]) <= bound + 0x1p-126);
  const bool is_intact = release_all();
  expect(wrong == 0 && is_intact, "%s of %zu on %s: %zu beyond the bound%s", name, row, eb_isa_name(tested_isa), wrong,
         is_intact ? "" : "; writes past an operand's end");
}

static float *room(size_t count) { return guarded(count * sizeof(float), sizeof(float)); }

static const double u = 0x1p-24;

static void check_reductions(size_t count) {
  static const enum eb_reduction kinds[] = {EB_REDUCE_SUM, EB_REDUCE_SUM_OF_SQUARES, EB_REDUCE_MAXIMUM,
                                            EB_REDUCE_MINIMUM, EB_REDUCE_PRODUCT};
  for (size_t k = 0; k < 5; k++) {
    seed_random(count * 10 + k);
    const float *in = random_reals(count, -1, 1);
    double magnitude = 1;
    for (size_t i = 0; i < count && kinds[k] != EB_REDUCE_PRODUCT; i++) magnitude += fabs((double)in[i]);
    const float a = scalar->reduce_f32_row(kinds[k], count, in), b = tested->reduce_f32_row(kinds[k], count, in);
    const bool is_choice = kinds[k] == EB_REDUCE_MAXIMUM || kinds[k] == EB_REDUCE_MINIMUM;
    // Higham (2002), eq. 4.4, for each of the two; a product is at most 1 here, each multiplication off by u.
    compare("reduce_f32_row", count, &a, &b, 1, is_choice ? 0 : 2 * ((double)count + 1) * u * magnitude);
  }
}

// A term e^(beta (x - max)) is off by 1.5 ulp, the library's by 1, their arguments by 2 u |beta (x - max)| < 2 u 16;
// the sum by count u, the quotient by 2 u: of values of at most 1.
static void check_softmax(size_t count) {
  seed_random(count);
  const float *in = random_reals(count, -4, 4);
  float *a = room(count), *b = room(count);
  scalar->softmax_f32_row(count, 2, in, a);
  tested->softmax_f32_row(count, 2, in, b);
  compare("softmax_f32_row", count, a, b, count, 2 * (2 * (3 + 2 * 16) + (double)count + 2) * u);
  in = random_reals(count, -4, 4);
  a = room(count);
  b = room(count);
  scalar->log_softmax_f32_row(count, in, a);
  tested->log_softmax_f32_row(count, in, b);
  // Results lie within 8 + ln(count) < 16; ln of the sum moves by the sum's relative error.
  compare("log_softmax_f32_row", count, a, b, count, 2 * (3 + 2 * 8 + (double)count + 3 * 16) * u);
}

// Inputs within 1: the mean is off by (count + 1) u, a difference by that and 2 u, the variance, at least 0.1 of many
// values, relatively by (2 count + 8) u, its root by half of that; of outputs within 1 / sqrt(0.1) < 4, times a scale
// within 2.
static void check_norms(size_t count) {
  seed_random(count);
  const float *in = random_reals(count, -1, 1), *scale = random_reals(count, -2, 2), *bias = random_reals(count, -1, 1);
  float *a = room(count), *b = room(count);
  scalar->layer_norm_f32_row(count, 0.1f, in, scale, bias, a);
  tested->layer_norm_f32_row(count, 0.1f, in, scale, bias, b);
  compare("layer_norm_f32_row", count, a, b, count, 2 * 8 * (3 * (double)count + 16) * u + 2 * 16 * u);
  in = random_reals(count, -1, 1);
  scale = random_reals(count, -2, 2);
  a = room(count);
  b = room(count);
  scalar->rms_norm_f32_row(count, 0.1f, in, scale, a);
  tested->rms_norm_f32_row(count, 0.1f, in, scale, b);
  compare("rms_norm_f32_row", count, a, b, count, 2 * 8 * ((double)count + 16) * u);
}

static void check_attention(size_t depth) {
  seed_random(depth);
  enum { keys = 5 };
  const float *query = random_reals(depth, -1, 1), *key = random_reals(keys * depth, -1, 1);
  float *a = room(keys), *b = room(keys);
  scalar->attention_scores_f32(keys, depth, 0.25f, query, key, depth, a);
  tested->attention_scores_f32(keys, depth, 0.25f, query, key, depth, b);
  compare("attention_scores_f32", depth, a, b, keys, 2 * 0.25 * ((double)depth + 1) * u * (double)depth);
  const float *weights = random_reals(keys, 0, 1), *values = random_reals(keys * depth, -1, 1);
  a = room(depth);
  b = room(depth);
  scalar->attention_mix_f32(keys, depth, weights, values, depth, a);
  tested->attention_mix_f32(keys, depth, weights, values, depth, b);
  compare("attention_mix_f32", depth, a, b, depth, 2 * (keys + 1) * u * keys);
  const float *in = random_reals(depth, -1, 1);
  a = memcpy(room(depth), in, depth * sizeof(float));
  b = memcpy(room(depth), in, depth * sizeof(float));
  scalar->softcap_f32(depth, 0.5f, a);
  tested->softcap_f32(depth, 0.5f, b);
  // tanh within 4 ulp of values below 1, its argument, below 2, off by u: cap times that.
  compare("softcap_f32", depth, a, b, depth, 0.5 * (2 * (4 + 1) + 2 * 4) * u);
}

// Gates are sums of two values within 2, then sigmoid or tanh (4 ulp, slope at most 1): off by (2 * 2 + 2 * 4) u; a
// cell is the sum of two products of such.
static void check_recurrence(enum eb_recurrence kind, size_t hidden) {
  static const eb_recurrent_activation functions[] = {
      {EB_RECURRENT_SIGMOID, 0, 0}, {EB_RECURRENT_TANH, 0, 0}, {EB_RECURRENT_TANH, 0, 0}};
  seed_random(hidden * 3 + kind);
  const size_t gates = kind == EB_RECURRENCE_LSTM ? 4 : kind == EB_RECURRENCE_GRU ? 3 : 1;
  const float *x = random_reals(gates * hidden, -1, 1), *r = random_reals(gates * hidden, -1, 1);
  const float *cell = random_reals(hidden, -1, 1), *state = random_reals(hidden, -1, 1);
  float *results[2];
  const eb_vector_kernels *tables[] = {scalar, tested};
  for (size_t t = 0; t < 2; t++) {
    eb_recurrent_row row = {
        .kind = kind, .hidden = hidden, .clip = INFINITY, .resets_after = 1, .functions = functions, .r = r};
    row.x = memcpy(room(gates * hidden), x, gates * hidden * sizeof(float));
    row.cell = memcpy(room(hidden), cell, hidden * sizeof(float));
    row.state = memcpy(room(hidden), state, hidden * sizeof(float));
    row.reset = room(hidden);
    tables[t]->recurrent_row_f32(&row);
    results[t] = row.state;
  }
  compare("recurrent_row_f32", hidden, results[0], results[1], hidden, 2 * 4 * (2 * 2 + 2 * 4 + 4) * u);
}

static void check_conversions(size_t count) {
  seed_random(count);
  const float *in = random_reals(count, -3, 3);
  int8_t *steps[2];
  uint16_t *halves[2];
  float *reals[2], *wide[2];
  const eb_vector_kernels *tables[] = {scalar, tested};
  for (size_t t = 0; t < 2; t++) {
    steps[t] = guarded(count, 1);
    halves[t] = guarded(count * 2, 2);
    reals[t] = room(count);
    wide[t] = room(count);
    tables[t]->quantize_f32_i8(count, 0.02f, -3, in, steps[t]);
    tables[t]->dequantize_i8_f32(count, 0.02f, -3, steps[0], reals[t]);
    tables[t]->f32_to_f16(count, in, halves[t]);
    tables[t]->f16_to_f32(count, halves[0], wide[t]);
  }
  const bool is_equal = memcmp(steps[0], steps[1], count) == 0 && memcmp(halves[0], halves[1], count * 2) == 0 &&
                        memcmp(reals[0], reals[1], count * 4) == 0 && memcmp(wide[0], wide[1], count * 4) == 0;
  const bool is_intact = release_all();
  expect(is_equal && is_intact, "conversions of %zu on %s: %s", count, eb_isa_name(tested_isa),
         is_intact ? "not the scalar table's bits" : "writes past an operand's end");
}

// Every half there is.
static void check_all_halves(void) {
  enum { count = 1 << 16 };
  uint16_t *halves = guarded(count * sizeof *halves, sizeof *halves);
  for (uint32_t i = 0; i < count; i++) halves[i] = (uint16_t)i;
  float *a = room(count), *b = room(count);
  scalar->f16_to_f32(count, halves, a);
  tested->f16_to_f32(count, halves, b);
  uint16_t *back = guarded(count * sizeof *back, sizeof *back), *again = guarded(count * sizeof *again, sizeof *again);
  scalar->f32_to_f16(count, a, back);
  tested->f32_to_f16(count, a, again);
  const bool is_equal = memcmp(a, b, count * sizeof *a) == 0 && memcmp(back, again, count * sizeof *back) == 0;
  expect(is_equal && release_all(), "halves on %s: not the scalar table's bits", eb_isa_name(tested_isa));
}

void check_vector_rows(enum eb_isa isa) {
  scalar = eb_vector_kernels_for(EB_ISA_SCALAR);
  tested = eb_vector_kernels_for(isa);
  tested_isa = isa;
  for (size_t count = 1; count <= 67; count++) {
    check_reductions(count);
    check_softmax(count);
    check_norms(count);
    check_attention(count);
    for (enum eb_recurrence kind = EB_RECURRENCE_RNN; kind <= EB_RECURRENCE_LSTM; kind++) check_recurrence(kind, count);
    check_conversions(count);
  }
  check_all_halves();
}
