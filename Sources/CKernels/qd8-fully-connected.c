// Dynamic int8 fully connected: each row is quantized with a range of its own.
#include "eb_threads.h"
#include "qs8-conv.h"

// Rows quantized at a time, which bounds the scratch memory.
enum { chunk_rows = 48 };

typedef struct {
  eb_qs8_conv conv;
  uint64_t row_bytes;  // of a quantized row
  uint64_t ranges_offset, scratch_bytes;
} layer;

static bool plan(const eb_fully_connected_params *params, layer *l) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  if (!eb_qs8_conv_plan(&conv, EB_CONV_QD8, &l->conv)) return false;
  const uint64_t rows = eb_min_u64(params->rows, chunk_rows);
  l->row_bytes = l->conv.segment_groups * eb_qs8_group_bytes(l->conv.isa);
  // Below 48 * 2^32 + ..., so that nothing here can overflow.
  l->ranges_offset = eb_round_up(rows * l->row_bytes + EB_QS8_SLACK, 64);
  l->scratch_bytes = l->ranges_offset + rows * sizeof(eb_qd8_range);
  return l->scratch_bytes <= SIZE_MAX / 2;
}

bool eb_qd8_fully_connected_requirements(const eb_fully_connected_params *params, eb_requirements *result) {
  layer l;
  if (!plan(params, &l)) return false;
  *result = (eb_requirements){.packed_bytes = l.conv.packed_bytes, .scratch_bytes = l.scratch_bytes};
  return true;
}

void eb_fully_connected_pack_qd8(const eb_fully_connected_params *params, const int8_t *weights, const float *bias,
                                 const float *scales, void *packed) {
  const eb_conv2d_params conv = eb_qs8_conv_params_of(params);
  eb_qd8_conv2d_pack(&conv, weights, bias, scales, packed);
}

static bool accepts(const void *opaque, const size_t *bytes, size_t count) {
  const eb_fully_connected_params *params = opaque;
  layer l;
  return count >= 4 && eb_isa_is_supported(params->isa) && plan(params, &l) && bytes[0] >= l.conv.in_bytes &&
         bytes[1] >= l.conv.packed_bytes && bytes[2] >= l.conv.out_bytes && bytes[3] >= l.scratch_bytes;
}

static void quantize_rows(const layer *l, const float *in, size_t k, size_t count, int8_t *steps,
                          eb_qd8_range *ranges) {
  const int32_t offset = eb_qs8_input_offset(l->conv.isa);  // 0 or 128
  for (size_t i = 0; i < count; i++, in += k, steps += l->row_bytes) {
    ranges[i] = eb_qd8_range_of(in, k, l->conv.isa);
    eb_qd8_quantize(in, k, ranges[i].inverse_scale, ranges[i].zero_point, l->conv.isa, steps);
    memset(steps + k, 0, l->row_bytes - k);
    if (offset != 0) {
      for (size_t c = 0; c < k; c++) steps[c] = (int8_t)((uint8_t)steps[c] ^ 0x80);
    }
  }
}

// Some quantized rows; a share of them is a span of blocks of output channels.
typedef struct {
  const layer *layer;
  eb_qs8_gemm gemm;
  const int8_t *const *rows;
  size_t count;
  float *out;
  uint32_t shares;
} work;

static void multiply_blocks(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = opaque;
  const eb_span blocks = eb_span_of(work->layer->conv.blocks, index, work->shares);
  eb_qs8_gemm gemm = work->gemm;
  eb_qs8_gemm_take_blocks(&gemm, blocks.first, blocks.end);
  eb_qd8_gemm_kernel_for(work->layer->conv.isa)(&gemm, work->rows, work->count, work->out + blocks.first * EB_QS8_NR);
}

static void run(const void *opaque, void *const *operands, const eb_context *context) {
  const eb_fully_connected_params *params = opaque;
  layer l;
  if (!plan(params, &l)) return;
  const size_t k = params->in_channels;
  const float *in = operands[0];
  int8_t *steps = operands[3];
  eb_qd8_range *ranges = (eb_qd8_range *)(void *)(steps + l.ranges_offset);
  const int8_t *rows[chunk_rows];
  work work = {.layer = &l, .gemm = eb_qs8_conv_gemm(&l.conv, operands[1], 0, l.row_bytes), .rows = rows};
  work.gemm.ranges = ranges;
  work.gemm.range_step = 1;
  work.gemm.min = params->min;
  work.gemm.max = params->max;
  work.out = operands[2];
  for (size_t first = 0; first < params->rows; first += chunk_rows, in += chunk_rows * k) {
    work.count = eb_min_u64(chunk_rows, params->rows - first);
    quantize_rows(&l, in, k, work.count, steps, ranges);
    for (size_t i = 0; i < work.count; i++) rows[i] = steps + i * l.row_bytes;
    const uint64_t macs = (uint64_t)work.count * l.row_bytes * params->out_channels;
    work.shares = eb_shares(context, l.conv.blocks, macs / EB_QS8_MACS_PER_STEP);
    eb_parallel(context, work.shares, multiply_blocks, &work);
    work.out += work.count * params->out_channels;
  }
}

const eb_operator eb_fully_connected_qd8_f32_qc8w = {
    .name = "fully_connected_qd8_f32_qc8w",
    .params_bytes = sizeof(eb_fully_connected_params),
    .accepts = accepts,
    .run = run,
};
