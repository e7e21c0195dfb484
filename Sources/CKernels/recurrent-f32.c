// RNN, GRU and LSTM over whole sequences.
//
// The inputs of a block of steps are multiplied by their weights in one product; then each step multiplies the state
// of all rows of the batch, and the vector kernels finish each row.
#include <string.h>

#include "eb_vector_kernels.h"
#include "f32-product.h"
#include "sizes.h"

// Products of inputs that are kept at once: what a small second-level cache holds beside the weights.
enum { block_floats = 32 * 1024 };

static uint32_t gate_count(const eb_recurrent_params *p) {
  return p->kind == EB_RECURRENCE_LSTM ? 4 : p->kind == EB_RECURRENCE_GRU ? 3 : 1;
}

// A GRU multiplies the gates' and the candidate's weights one after the other, so they are packed apart.
static size_t recurrent_matrix_bytes(const eb_recurrent_params *p) {
  if (p->kind != EB_RECURRENCE_GRU) return eb_pack_gemm_bytes(p->isa, gate_count(p) * p->hidden, p->hidden);
  return eb_pack_gemm_bytes(p->isa, 2 * p->hidden, p->hidden) + eb_pack_gemm_bytes(p->isa, p->hidden, p->hidden);
}

static uint32_t block_steps(const eb_recurrent_params *p) {
  const uint64_t row = (uint64_t)p->batch * gate_count(p) * p->hidden;
  const uint64_t steps = row >= block_floats ? 1 : block_floats / row;
  return steps < p->steps ? (uint32_t)steps : p->steps;
}

static bool is_valid(const eb_recurrent_params *p) {
  enum { largest = 1 << 28 };
  if (p->kind > EB_RECURRENCE_LSTM || p->directions < 1 || p->directions > 2 || p->is_reverse > 1 ||
      p->is_batch_major > 1 || p->has_lengths > 1 || p->has_initial_hidden > 1 || p->has_initial_cell > 1 ||
      p->has_peepholes > 1 || (p->is_reverse && p->directions != 1)) {
    return false;
  }
  if (p->kind != EB_RECURRENCE_LSTM && (p->has_initial_cell || p->has_peepholes)) return false;
  for (uint32_t d = 0; d < p->directions; d++) {
    for (uint32_t f = 0; f < 3; f++) {
      if (p->functions[d][f].kind >= EB_RECURRENT_FUNCTIONS) return false;
    }
  }
  return p->steps != 0 && p->batch != 0 && p->inputs != 0 && p->hidden != 0 && p->hidden <= largest &&
         p->inputs <= largest && (uint64_t)p->batch * p->hidden <= largest;
}

// Floats of: products of inputs, products of states, states, cells, reset states.
static uint64_t scratch_floats(const eb_recurrent_params *p) {
  const uint64_t row = (uint64_t)p->batch * p->hidden;
  return row * (gate_count(p) * ((uint64_t)block_steps(p) + 1) + 3);
}

eb_recurrent_requirements eb_recurrent_sizes(const eb_recurrent_params *p) {
  if (!is_valid(p)) return (eb_recurrent_requirements){0};
  uint64_t input = eb_pack_gemm_bytes(p->isa, gate_count(p) * p->hidden, p->inputs);
  uint64_t recurrent = recurrent_matrix_bytes(p), scratch = scratch_floats(p);
  const uint64_t limit = (uint64_t)1 << 40;
  if (input == 0 || input > limit || recurrent == 0 || recurrent > limit || scratch > limit) {
    return (eb_recurrent_requirements){0};
  }
  return (eb_recurrent_requirements){.input_bytes = (size_t)(input * p->directions),
                                     .recurrent_bytes = (size_t)(recurrent * p->directions),
                                     .scratch_bytes = (size_t)(scratch * sizeof(float))};
}

// Operands: x, input weights, recurrent weights, [lengths, i32], [hidden state], [cell state], [peepholes],
// out: all states, then the last ones, then (LSTM) the last cells; scratch.
typedef struct {
  size_t lengths, hidden, cell, peepholes, out;
} positions;

static positions positions_of(const eb_recurrent_params *p) {
  positions at = {.lengths = 3};
  at.hidden = at.lengths + p->has_lengths;
  at.cell = at.hidden + p->has_initial_hidden;
  at.peepholes = at.cell + p->has_initial_cell;
  at.out = at.peepholes + p->has_peepholes;
  return at;
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_recurrent_params *p = untyped;
  const eb_recurrent_requirements sizes = eb_recurrent_sizes(p);
  if (sizes.scratch_bytes == 0 || eb_f32_kernels_for(p->isa) == NULL) return false;
  const positions at = positions_of(p);
  const uint64_t states = (uint64_t)p->batch * p->hidden * p->directions;
  const uint64_t outputs = (uint64_t)p->steps + (p->kind == EB_RECURRENCE_LSTM ? 2 : 1);
  return operand_count == at.out + 2 && EB_HOLDS(operand_bytes[0], p->steps, p->batch, p->inputs, sizeof(float)) &&
         sizes.input_bytes <= operand_bytes[1] && sizes.recurrent_bytes <= operand_bytes[2] &&
         (!p->has_lengths || EB_HOLDS(operand_bytes[at.lengths], p->batch, sizeof(int32_t))) &&
         (!p->has_initial_hidden || EB_HOLDS(operand_bytes[at.hidden], states, sizeof(float))) &&
         (!p->has_initial_cell || EB_HOLDS(operand_bytes[at.cell], states, sizeof(float))) &&
         (!p->has_peepholes || EB_HOLDS(operand_bytes[at.peepholes], p->directions, p->hidden, 3, sizeof(float))) &&
         EB_HOLDS(operand_bytes[at.out], outputs, states, sizeof(float)) &&
         sizes.scratch_bytes <= operand_bytes[at.out + 1];
}

typedef struct {
  const eb_recurrent_params *p;
  const eb_context *context;
  const float *x;
  const void *input_weights, *recurrent_weights;
  const int32_t *lengths;
  const float *peepholes;
  float *y;
  // Strides of y, in floats, and of the states of one row.
  size_t y_step, y_row, state_row;
  float *from_inputs, *from_state, *state, *cell, *reset;
  uint32_t direction;
} layer;

static void multiply(const layer *l, const eb_f32_product *product) {
  eb_f32_multiply_shared(l->context, eb_f32_kernels_for(l->p->isa), eb_f32_layout_for(l->p->isa), product);
}

// The inputs of steps [first, first + steps) by their weights, to from_inputs [step][row][gates].
static void multiply_inputs(const layer *l, size_t first, size_t steps) {
  const eb_recurrent_params *p = l->p;
  const size_t columns = (size_t)gate_count(p) * p->hidden, depth = p->inputs;
  eb_f32_product product = {
      .lines = 1,
      .pixels = steps * p->batch,
      .a = l->x + first * p->batch * depth,
      .a_pixel = (ptrdiff_t)depth,
      .c = l->from_inputs,
      .c_pixel = (ptrdiff_t)columns,
      .taps = {.outer = 1, .inner = 1, .length = depth},
      .packed = l->input_weights,
      .depth = depth,
      .columns = columns,
      .min = -__builtin_inff(),
      .max = __builtin_inff(),
  };
  if (p->is_batch_major) {
    product.lines = p->batch;
    product.pixels = steps;
    product.a = l->x + first * depth;
    product.a_line = (ptrdiff_t)(p->steps * depth);
    product.c_line = (ptrdiff_t)columns;
    product.c_pixel = (ptrdiff_t)(columns * p->batch);
  }
  multiply(l, &product);
}

// from [batch, hidden] by `columns` of the recurrent weights, to from_state at column `first`.
static void multiply_state(const layer *l, const float *from, const void *packed, size_t first, size_t columns) {
  const eb_recurrent_params *p = l->p;
  const eb_f32_product product = {
      .lines = 1,
      .pixels = p->batch,
      .a = from,
      .a_pixel = p->hidden,
      .c = l->from_state + first,
      .c_pixel = (ptrdiff_t)gate_count(p) * p->hidden,
      .taps = {.outer = 1, .inner = 1, .length = p->hidden},
      .packed = packed,
      .depth = p->hidden,
      .columns = columns,
      .min = -__builtin_inff(),
      .max = __builtin_inff(),
  };
  multiply(l, &product);
}

static bool is_active(const layer *l, size_t step, size_t row) {
  return l->lengths == NULL || (int64_t)step < (int64_t)l->lengths[row];
}

// Stage `stage` of all rows of a step; `x` is their part of from_inputs.
static void finish_rows(const layer *l, uint32_t stage, size_t step, float *x) {
  const eb_recurrent_params *p = l->p;
  const eb_vector_kernels *kernels = eb_vector_kernels_for(p->isa);
  const size_t hidden = p->hidden, columns = gate_count(p) * hidden;
  for (size_t b = 0; b < p->batch; b++) {
    if (!is_active(l, step, b)) continue;
    const eb_recurrent_row row = {
        .kind = p->kind,
        .stage = stage,
        .hidden = hidden,
        .clip = p->clip,
        .resets_after = p->resets_after,
        .couples_forget = p->couples_forget,
        .functions = p->functions[l->direction],
        .x = x + b * columns,
        .r = l->from_state + b * columns,
        .peepholes = l->peepholes,
        .cell = l->cell + b * hidden,
        .state = l->state + b * hidden,
        .reset = l->reset + b * hidden,
    };
    kernels->recurrent_row_f32(&row);
  }
}

static void run_step(const layer *l, size_t step, float *x) {
  const eb_recurrent_params *p = l->p;
  const size_t hidden = p->hidden;
  if (p->kind == EB_RECURRENCE_GRU) {
    const size_t gates = eb_pack_gemm_bytes(p->isa, 2 * p->hidden, p->hidden);
    const void *candidate = (const unsigned char *)l->recurrent_weights + gates;
    multiply_state(l, l->state, l->recurrent_weights, 0, 2 * hidden);
    if (p->resets_after) multiply_state(l, l->state, candidate, 2 * hidden, hidden);
    finish_rows(l, 0, step, x);
    if (!p->resets_after) {
      multiply_state(l, l->reset, candidate, 2 * hidden, hidden);
      finish_rows(l, 1, step, x);
    }
  } else {
    multiply_state(l, l->state, l->recurrent_weights, 0, gate_count(p) * hidden);
    finish_rows(l, 0, step, x);
  }
  for (size_t b = 0; b < p->batch; b++) {
    float *y = l->y + step * l->y_step + b * l->y_row;
    if (is_active(l, step, b)) {
      memcpy(y, l->state + b * hidden, hidden * sizeof(float));
    } else {
      memset(y, 0, hidden * sizeof(float));
    }
  }
}

static void run_direction(const layer *l, bool is_backward) {
  const eb_recurrent_params *p = l->p;
  const size_t block = block_steps(p), row = (size_t)p->batch * gate_count(p) * p->hidden;
  for (size_t done = 0; done < p->steps;) {
    const size_t left = p->steps - done, steps = left < block ? left : block;
    const size_t first = is_backward ? left - steps : done;
    multiply_inputs(l, first, steps);
    for (size_t i = 0; i < steps; i++) {
      const size_t at = is_backward ? steps - 1 - i : i;
      run_step(l, first + at, l->from_inputs + at * row);
    }
    done += steps;
  }
}

// The state of each row, between its dense form and the place it has among the directions'.
static void load_states(const layer *l, const float *from, float *to) {
  const size_t bytes = l->p->hidden * sizeof(float);
  for (size_t b = 0; b < l->p->batch; b++) {
    if (from == NULL) {
      memset(to + b * l->p->hidden, 0, bytes);
    } else {
      memcpy(to + b * l->p->hidden, from + b * l->state_row, bytes);
    }
  }
}

static void store_states(const layer *l, const float *from, float *to) {
  for (size_t b = 0; b < l->p->batch; b++) {
    memcpy(to + b * l->state_row, from + b * l->p->hidden, l->p->hidden * sizeof(float));
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_recurrent_params *p = untyped;
  const eb_recurrent_requirements sizes = eb_recurrent_sizes(p);
  const positions at = positions_of(p);
  const size_t hidden = p->hidden, batch = p->batch, gates = gate_count(p);
  const size_t states = batch * hidden * p->directions;
  layer l = {.p = p, .context = context, .x = operands[0]};
  l.lengths = p->has_lengths ? operands[at.lengths] : NULL;
  l.y_step = p->is_batch_major ? p->directions * hidden : states;
  l.y_row = p->is_batch_major ? p->steps * p->directions * hidden : hidden;
  l.state_row = p->is_batch_major ? p->directions * hidden : hidden;
  const size_t direction_stride = p->is_batch_major ? hidden : batch * hidden;
  l.from_inputs = operands[at.out + 1];
  l.from_state = l.from_inputs + block_steps(p) * batch * gates * hidden;
  l.state = l.from_state + batch * gates * hidden;
  l.cell = l.state + batch * hidden;
  l.reset = l.cell + batch * hidden;
  float *y = operands[at.out], *last = y + p->steps * states;
  for (uint32_t d = 0; d < p->directions; d++) {
    const size_t offset = d * direction_stride;
    l.direction = d;
    l.input_weights = (const unsigned char *)operands[1] + d * (sizes.input_bytes / p->directions);
    l.recurrent_weights = (const unsigned char *)operands[2] + d * (sizes.recurrent_bytes / p->directions);
    l.peepholes = p->has_peepholes ? (const float *)operands[at.peepholes] + d * 3 * hidden : NULL;
    l.y = y + offset;
    load_states(&l, p->has_initial_hidden ? (const float *)operands[at.hidden] + offset : NULL, l.state);
    load_states(&l, p->has_initial_cell ? (const float *)operands[at.cell] + offset : NULL, l.cell);
    run_direction(&l, p->is_reverse || d == 1);
    store_states(&l, l.state, last + offset);
    if (p->kind == EB_RECURRENCE_LSTM) store_states(&l, l.cell, last + states + offset);
  }
}

const eb_operator eb_recurrent_f32 = {
    .name = "recurrent_f32", .params_bytes = sizeof(eb_recurrent_params), .accepts = accepts, .run = run};
