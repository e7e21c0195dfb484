// Recurrent layers: parameters and packing.
#ifndef EB_RECURRENT_H
#define EB_RECURRENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// `matrices` of weights [columns, depth], `weights_stride` floats apart, each to the panels that the f32 products
// read, `packed_stride` bytes apart, with `bias` [columns] where `has_bias`. Offsets are in floats, that of the packed
// ones in bytes.
typedef struct {
  uint32_t matrices, columns, depth;
  uint32_t isa;
  uint64_t weights_offset, weights_stride;
  uint64_t bias_offset, bias_stride;
  uint64_t packed_offset, packed_stride;
  uint32_t has_bias;
} eb_pack_gemm_params;

// The bytes of one packed matrix; 0 where a size is 0, the instruction set has no kernels or the size overflows.
size_t eb_pack_gemm_bytes(uint32_t isa, uint32_t columns, uint32_t depth);
// `bias` may be NULL.
void eb_pack_gemm_f32(const eb_pack_gemm_params *params, const float *weights, const float *bias, void *packed);

// Values of Graph.Recurrence.Kind.
enum eb_recurrence {
  EB_RECURRENCE_RNN = 0,   // one gate
  EB_RECURRENCE_GRU = 1,   // gates update, reset, new
  EB_RECURRENCE_LSTM = 2,  // gates input, output, forget, cell
};

// Values of Graph.Recurrence.Function.Kind.
enum eb_recurrent_function {
  EB_RECURRENT_TANH = 0,
  EB_RECURRENT_SIGMOID,
  EB_RECURRENT_RELU,
  EB_RECURRENT_AFFINE,            // alpha * x + beta
  EB_RECURRENT_LEAKY_RELU,        // alpha: slope
  EB_RECURRENT_THRESHOLDED_RELU,  // x where above alpha, else 0
  EB_RECURRENT_SCALED_TANH,       // alpha * tanh(beta * x)
  EB_RECURRENT_HARD_SIGMOID,      // clamp(alpha * x + beta, 0, 1)
  EB_RECURRENT_ELU,               // alpha: its limit below
  EB_RECURRENT_SOFTSIGN,
  EB_RECURRENT_SOFTPLUS,
  EB_RECURRENT_FUNCTIONS,  // how many there are
};

typedef struct {
  uint32_t kind;  // enum eb_recurrent_function
  float alpha, beta;
} eb_recurrent_activation;

// Sequences of `steps` rows of `inputs`; rows of `hidden` come out. Time is the first axis, or the second one where
// `is_batch_major`.
typedef struct {
  uint32_t kind;  // enum eb_recurrence
  uint32_t isa;
  uint32_t steps, batch, inputs, hidden;
  uint32_t directions;      // 2: forward, and backward beside it
  uint32_t is_reverse;      // the only direction is backward
  uint32_t is_batch_major;  // x is [batch, steps, inputs], y [batch, steps, directions, hidden], states
                            // [batch, directions, hidden]
  uint32_t resets_after;    // GRU: the reset gate multiplies the product, not what is multiplied
  uint32_t couples_forget;  // LSTM: the forget gate is 1 - input gate
  uint32_t has_lengths;     // operands that may be left out
  uint32_t has_initial_hidden, has_initial_cell, has_peepholes;
  float clip;                               // of the gates' arguments, to [-clip, clip]; infinity for none
  eb_recurrent_activation functions[2][3];  // of each direction: gates, candidate, output
} eb_recurrent_params;

// Bytes of the packed weights of the inputs and of the recurrence, all directions, and of the scratch; 0 where the
// parameters make no sense.
typedef struct {
  size_t input_bytes, recurrent_bytes, scratch_bytes;
} eb_recurrent_requirements;
eb_recurrent_requirements eb_recurrent_sizes(const eb_recurrent_params *params);

// One row of one step, after the products: what the inner loops are given.
typedef struct {
  uint32_t kind;
  uint32_t stage;  // GRU that resets before: 0 makes the gates and `reset`, 1 the rest; else 0
  size_t hidden;
  float clip;
  uint32_t resets_after, couples_forget;
  const eb_recurrent_activation *functions;
  float *x;                // the gates' parts from the input, overwritten
  const float *r;          // and from the state
  const float *peepholes;  // of input, output and forget gate, or NULL
  float *cell, *state;     // updated
  float *reset;            // GRU: reset gate times state
} eb_recurrent_row;

#ifdef __cplusplus
}
#endif

#endif
