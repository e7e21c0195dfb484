// Dynamic int8 fully connected: each row is quantized with a range of its own.
#include "eb_threads.h"
#include "qs8-conv.h"
#include "qs8-vector.h"

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

// In three loops, none of which waits for one row's result before it begins the next.
static void quantize_rows(const layer *l, const float *in, size_t k, size_t count, int8_t *steps,
                          eb_qd8_range *ranges) {
  const eb_qs8_vector_kernels *kernels = eb_qs8_vector_kernels_for(l->conv.isa);
  const int32_t offset = eb_qs8_input_offset(l->conv.isa);  // 0 or 128
  float min[chunk_rows], max[chunk_rows];
  for (size_t i = 0; i < count; i++) kernels->extremes(in + i * k, k, &min[i], &max[i]);
  for (size_t i = 0; i < count; i++) ranges[i] = eb_qd8_range_between(min[i], max[i]);
  for (size_t i = 0; i < count; i++, in += k, steps += l->row_bytes) {
    kernels->quantize(in, k, ranges[i].inverse_scale, ranges[i].zero_point, steps);
    if (k < l->row_bytes) memset(steps + k, 0, l->row_bytes - k);
    if (offset != 0) {
      for (size_t c = 0; c < k; c++) steps[c] = (int8_t)((uint8_t)steps[c] ^ 0x80);
    }
  }
}

// What is the same in all shares. A share is a span of rows, each thread quantizing its own, or, where the weights are
// larger than the input, of blocks of output channels.
typedef struct {
  const layer *layer;
  const eb_fully_connected_params *params;
  void *const *operands;
  const eb_context *context;
  bool is_by_blocks;
  uint32_t shares;
} work;

// Quantized rows that go through together.
typedef struct {
  const work *work;
  eb_qs8_gemm gemm;
  const int8_t *rows[chunk_rows];
  size_t count;
  float *out;
} chunk;

static void multiply_blocks(const void *opaque, uint32_t index, uint32_t worker) {
  (void)worker;
  const chunk *chunk = opaque;
  const layer *l = chunk->work->layer;
  const eb_span blocks = eb_span_of(l->conv.blocks, index, chunk->work->shares);
  eb_qs8_gemm gemm = chunk->gemm;
  eb_qs8_gemm_take_blocks(&gemm, blocks.first, blocks.end);
  eb_qd8_gemm_kernel_for(l->conv.isa)(&gemm, chunk->rows, chunk->count, chunk->out + blocks.first * EB_QS8_NR);
}

static void run_rows(const work *work, eb_span rows, int8_t *steps) {
  const layer *l = work->layer;
  const size_t k = work->params->in_channels;
  eb_qd8_range *ranges = (eb_qd8_range *)(void *)(steps + l->ranges_offset);
  chunk chunk = {.work = work, .gemm = eb_qs8_conv_gemm(&l->conv, work->operands[1], 0, l->row_bytes)};
  chunk.gemm.ranges = ranges;
  chunk.gemm.range_step = 1;
  chunk.gemm.min = work->params->min;
  chunk.gemm.max = work->params->max;
  for (uint64_t first = rows.first; first < rows.end; first += chunk_rows) {
    chunk.count = eb_min_u64(chunk_rows, rows.end - first);
    chunk.out = (float *)work->operands[2] + first * work->params->out_channels;
    quantize_rows(l, (const float *)work->operands[0] + first * k, k, chunk.count, steps, ranges);
    for (size_t i = 0; i < chunk.count; i++) chunk.rows[i] = steps + i * l->row_bytes;
    if (work->is_by_blocks) {
      eb_parallel(work->context, work->shares, multiply_blocks, &chunk);
    } else {
      eb_qd8_gemm_kernel_for(l->conv.isa)(&chunk.gemm, chunk.rows, chunk.count, chunk.out);
    }
  }
}

static void run_share(const void *opaque, uint32_t index, uint32_t worker) {
  const work *work = opaque;
  run_rows(work, eb_span_of(work->params->rows, index, work->shares),
           eb_worker_scratch(work->context, worker, work->operands[3]));
}

static void run(const void *opaque, void *const *operands, const eb_context *context) {
  const eb_fully_connected_params *params = opaque;
  layer l;
  if (!plan(params, &l)) return;
  work work = {.layer = &l, .params = params, .operands = operands, .context = context};
  work.is_by_blocks = params->out_channels > params->rows;
  const uint64_t together = work.is_by_blocks ? eb_min_u64(params->rows, chunk_rows) : params->rows;
  const uint64_t steps = together * l.row_bytes / EB_QS8_MACS_PER_STEP * params->out_channels;
  work.shares = eb_shares(context, work.is_by_blocks ? l.conv.blocks : params->rows, steps);
  if (work.is_by_blocks) {
    run_rows(&work, (eb_span){0, params->rows}, operands[3]);
  } else {
    eb_parallel(context, work.shares, run_share, &work);
  }
}

const eb_operator eb_fully_connected_qd8_f32_qc8w = {
    .name = "fully_connected_qd8_f32_qc8w",
    .params_bytes = sizeof(eb_fully_connected_params),
    .accepts = accepts,
    .run = run,
};
