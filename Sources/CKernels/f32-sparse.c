// out[m, n] = clamp(sum over k of in[m, k] * weights[n, k] + bias[n]), the weights sparse
#include "f32-sparse.h"

#include <string.h>

#include "eb_threads.h"
#include "sizes.h"

static bool accepts(const void *opaque, const size_t *bytes, size_t count) {
  const eb_sparse_params *params = opaque;
  eb_sparse_layout layout;
  return count >= 5 && eb_f32_sparse_kernels_for(params->isa) != NULL && eb_sparse_layout_of(params, &layout) &&
         EB_HOLDS(bytes[0], params->rows, params->in_channels, sizeof(float)) && bytes[1] >= layout.bytes &&
         EB_HOLDS(bytes[2], params->rows, params->out_channels, sizeof(float)) && bytes[3] >= layout.scratch_bytes &&
         bytes[4] >= sizeof(uint64_t);
}

// What the weights' file says is read once here, so that no run has to check it.
static void prepare(const void *opaque, void *const *operands) {
  eb_sparse_layout layout;
  const bool is_sound = eb_sparse_layout_of(opaque, &layout) && eb_sparse_is_sound(opaque, &layout, operands[1]);
  memcpy(operands[4], &(uint64_t){is_sound}, sizeof(uint64_t));
}

// What is the same in all shares.
typedef struct {
  const eb_sparse_params *params;
  const eb_f32_sparse_kernels *kernels;
  const eb_context *context;
  eb_sparse_layout layout;
  const float *in, *bias, *values;
  const uint32_t *counts;
  const uint16_t *places;
  float *out;
  void *scratch;
  uint64_t units;  // tiles of pixels, or panels of channels
  uint32_t shares;
} work;

// The outputs of `count` pixels whose inputs are `a`, [k, pixels].
static void multiply_tile(const work *work, const float *a, float *group, float *out, size_t count) {
  const eb_f32_sparse_kernels *kernels = work->kernels;
  const size_t n = work->params->out_channels, block = work->params->block, blocks = EB_SPARSE_GROUP / block;
  const eb_f32_spmm_ukernel run = block == 1 ? kernels->spmm_1 : kernels->spmm_4;
  const uint16_t *places = work->places;
  const float *values = work->values;
  for (size_t unit = 0; unit < work->layout.units; unit += blocks) {
    const size_t some = work->layout.units - unit < blocks ? work->layout.units - unit : blocks;
    const size_t first = unit * block, channels = n - first < EB_SPARSE_GROUP ? n - first : EB_SPARSE_GROUP;
    const uint32_t *counts = work->counts + unit;
    run(some, counts, places, values, work->bias + first, a, group, work->params->min, work->params->max);
    kernels->transpose(channels, count, group, kernels->pixels, out + first, n);
    for (size_t i = 0; i < some; i++) {
      places += counts[i];
      values += (size_t)counts[i] * block;
    }
  }
}

static void run_tiles(const void *untyped, uint32_t index, uint32_t worker) {
  const work *work = untyped;
  const size_t k = work->params->in_channels, pixels = work->kernels->pixels;
  float *a = eb_worker_scratch(work->context, worker, work->scratch), *group = a + k * pixels;
  const eb_span tiles = eb_span_of(work->units, index, work->shares);
  for (uint64_t tile = tiles.first; tile < tiles.end; tile++) {
    const uint64_t first = tile * pixels, left = work->params->rows - first;
    const size_t count = left < pixels ? left : pixels;
    if (count < pixels) memset(a, 0, k * pixels * sizeof(float));
    work->kernels->transpose(count, k, work->in + first * k, k, a, pixels);
    multiply_tile(work, a, group, work->out + first * work->params->out_channels, count);
  }
}

// All blocks for the share's rows, or, where there is but a row or few, the share's blocks for all rows.
static void run_rows(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const size_t n = work->params->out_channels, k = work->params->in_channels, block = work->params->block;
  const eb_f32_spmm_ukernel run = block == 1 ? work->kernels->spmv_1 : work->kernels->spmv_4;
  const eb_span units = eb_span_of(work->units, index, work->shares);
  size_t entry = 0;
  for (uint64_t unit = 0; unit < units.first; unit++) entry += work->counts[unit];
  // The last block may have channels that are not there.
  const uint64_t whole = n / block, end = units.end < whole ? units.end : whole;
  for (size_t row = 0; row < work->params->rows; row++) {
    float *out = work->out + row * n;
    const float *a = work->in + row * k;
    const uint16_t *places = work->places + entry;
    const float *values = work->values + entry * block;
    if (units.first < end) {
      run(end - units.first, work->counts + units.first, places, values, work->bias + units.first * block, a,
          out + units.first * block, work->params->min, work->params->max);
    }
    if (units.end == whole || end == units.end) continue;
    for (uint64_t unit = units.first; unit < whole; unit++) {
      places += work->counts[unit];
      values += work->counts[unit] * block;
    }
    float last[4];
    run(1, work->counts + whole, places, values, work->bias + whole * block, a, last, work->params->min,
        work->params->max);
    memcpy(out + whole * block, last, (n - whole * block) * sizeof(float));
  }
}

static void run_panels(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const size_t n = work->params->out_channels, k = work->params->in_channels, rows = work->params->rows;
  const eb_span panels = eb_span_of(work->units, index, work->shares);
  for (uint64_t panel = panels.first; panel < panels.end; panel++) {
    const size_t first = panel * EB_MASKED_CHANNELS;
    const size_t columns = n - first < EB_MASKED_CHANNELS ? n - first : EB_MASKED_CHANNELS;
    for (size_t row = 0; row < rows; row += work->kernels->max_rows) {
      const size_t some = rows - row < work->kernels->max_rows ? rows - row : work->kernels->max_rows;
      work->kernels->masked(some, columns, k, work->places + panel * k, work->values + work->counts[panel],
                            work->bias + first, work->in + row * k, k, work->out + row * n + first, n,
                            work->params->min, work->params->max);
    }
  }
}

static void run(const void *opaque, void *const *operands, const eb_context *context) {
  const eb_sparse_params *params = opaque;
  work work = {.params = params,
               .kernels = eb_f32_sparse_kernels_for(params->isa),
               .context = context,
               .in = operands[0],
               .bias = operands[1],
               .out = operands[2],
               .scratch = operands[3]};
  uint64_t is_sound;
  memcpy(&is_sound, operands[4], sizeof is_sound);
  if (work.kernels == NULL || !eb_sparse_layout_of(params, &work.layout) || is_sound != 1) {
    // Weights that point outside of their layer: NaN in every element.
    memset(work.out, 0xFF, (size_t)params->rows * params->out_channels * sizeof(float));
    return;
  }
  const uint8_t *packed = operands[1];
  work.counts = (const uint32_t *)(const void *)(packed + work.layout.counts);
  work.places = (const uint16_t *)(const void *)(packed + work.layout.places);
  work.values = (const float *)(const void *)(packed + work.layout.values);
  const bool is_masked = params->algorithm == EB_SPARSE_MASKED;
  const uint64_t pixels = work.kernels->pixels;
  const bool is_by_pixels = params->algorithm == EB_SPARSE_PIXELS;
  work.units = is_by_pixels ? params->rows / pixels + (params->rows % pixels != 0) : work.layout.units;
  const uint64_t a_row = is_masked ? (uint64_t)params->out_channels * params->in_channels
                                   : params->entries * params->block + params->in_channels;
  work.shares = eb_shares(context, work.units, a_row / EB_FEW_MACS_PER_STEP * params->rows);
  eb_parallel(context, work.shares, is_masked ? run_panels : is_by_pixels ? run_tiles : run_rows, &work);
}

const eb_operator eb_fully_connected_f32_sparse = {
    .name = "fully_connected_f32_sparse",
    .params_bytes = sizeof(eb_sparse_params),
    .accepts = accepts,
    .prepare = prepare,
    .run = run,
};
