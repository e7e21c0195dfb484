// out[m, n] = clamp(sum over k of in[m, k] * scales[n, k / block] * steps[n, k] + bias[n])
#include "f32-qbw.h"

#include <string.h>

#include "eb_threads.h"
#include "half.h"
#include "sizes.h"

const eb_f32_qbw_kernels *eb_f32_qbw_kernels_for(uint32_t isa) {
  if (!eb_isa_is_supported((enum eb_isa)isa)) return NULL;
  switch (isa) {
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return &eb_f32_qbw_kernels_avx2;
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return &eb_f32_qbw_kernels_avx512;
#endif
#if defined(__aarch64__)
    case EB_ISA_NEON:
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return &eb_f32_qbw_kernels_neon;
#endif
#if defined(__arm__)
    case EB_ISA_ARMV7_NEON:
      return &eb_f32_qbw_kernels_armv7neon;
#endif
    default:
      return &eb_f32_qbw_kernels_scalar;
  }
}

typedef struct {
  uint64_t panels, blocks, words;  // words: of one channel in a block
  uint64_t scale_bytes, panel_bytes;
} layout;

// False where the parameters make no sense.
static bool plan(unsigned bits, const eb_block_weights_params *params, layout *l) {
  const uint64_t steps_a_word = 32 / bits;
  if (params->rows == 0 || params->out_channels == 0 || params->in_channels == 0 || params->half_scales > 1)
    return false;
  if (params->block == 0 || params->block % steps_a_word != 0 || params->in_channels % params->block != 0) return false;
  l->panels = (params->out_channels + UINT64_C(15)) / EB_QBW_CHANNELS;
  l->blocks = params->in_channels / params->block;
  l->words = params->block / steps_a_word;
  l->scale_bytes = EB_QBW_CHANNELS * (params->half_scales ? sizeof(uint16_t) : sizeof(float));
  // Below 2^32 * (64 + 64) + 64, times 2^28.
  l->panel_bytes =
      EB_QBW_CHANNELS * sizeof(float) + l->blocks * (l->scale_bytes + l->words * EB_QBW_CHANNELS * sizeof(uint32_t));
  uint64_t bytes;
  return !__builtin_mul_overflow(l->panels, l->panel_bytes, &bytes) && bytes <= SIZE_MAX / 2;
}

static unsigned bits_of(uint32_t op) { return op == EB_OP_FULLY_CONNECTED_F32_QB4W ? 4 : 8; }

bool eb_block_weights_requirements_of(uint32_t op, const eb_block_weights_params *params, eb_requirements *result) {
  layout l;
  if (!plan(bits_of(op), params, &l)) return false;
  *result = (eb_requirements){.packed_bytes = (size_t)(l.panels * l.panel_bytes)};
  return true;
}

// One block of one channel; `packed` is the block's first byte.
static void pack_block(unsigned bits, const layout *l, const int8_t *steps, float scale, bool half, size_t channel,
                       uint8_t *packed) {
  if (half) {
    ((uint16_t *)(void *)packed)[channel] = eb_f16_from_f32(scale);
  } else {
    ((float *)(void *)packed)[channel] = scale;
  }
  uint32_t *words = (uint32_t *)(void *)(packed + l->scale_bytes);
  const size_t steps_a_word = 32 / bits;
  for (size_t word = 0; word < l->words; word++) {
    uint32_t value = 0;
    for (size_t i = 0; i < steps_a_word; i++) {
      value |= ((uint32_t)steps[word * steps_a_word + i] & ((1u << bits) - 1)) << (i * bits);
    }
    words[word * EB_QBW_CHANNELS + channel] = value;
  }
}

void eb_block_weights_pack(uint32_t op, const eb_block_weights_params *params, const int8_t *steps, const float *scales,
                           const float *bias, void *packed) {
  layout l;
  const unsigned bits = bits_of(op);
  if (!plan(bits, params, &l)) return;
  memset(packed, 0, l.panels * l.panel_bytes);
  for (size_t n = 0; n < params->out_channels; n++) {
    uint8_t *panel = (uint8_t *)packed + n / EB_QBW_CHANNELS * l.panel_bytes;
    const size_t channel = n % EB_QBW_CHANNELS;
    if (bias != NULL) ((float *)(void *)panel)[channel] = bias[n];
    for (size_t b = 0; b < l.blocks; b++) {
      pack_block(
          bits, &l, steps + n * params->in_channels + b * params->block, scales[n * l.blocks + b],
          params->half_scales != 0, channel,
          panel + EB_QBW_CHANNELS * sizeof(float) + b * (l.scale_bytes + l.words * EB_QBW_CHANNELS * sizeof(uint32_t)));
    }
  }
}

static bool accepts(unsigned bits, const eb_block_weights_params *params, const size_t *bytes, size_t count) {
  layout l;
  return count >= 3 && eb_f32_qbw_kernels_for(params->isa) != NULL && plan(bits, params, &l) &&
         EB_HOLDS(bytes[0], params->rows, params->in_channels, sizeof(float)) && bytes[1] >= l.panels * l.panel_bytes &&
         EB_HOLDS(bytes[2], params->rows, params->out_channels, sizeof(float));
}

// What is the same in all shares: spans of panels, or of rows where these are more than the channels.
typedef struct {
  const eb_block_weights_params *params;
  layout layout;
  eb_f32_qbw_ukernel kernel;
  size_t max_rows;
  const uint8_t *packed;
  const float *in;
  float *out;
  bool is_by_rows;
  uint64_t units;
  uint32_t shares;
} work;

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  (void)worker;
  const work *work = untyped;
  const size_t n = work->params->out_channels, k = work->params->in_channels;
  const eb_span span = eb_span_of(work->units, index, work->shares);
  const eb_span panels = work->is_by_rows ? (eb_span){0, work->layout.panels} : span;
  const eb_span rows = work->is_by_rows ? span : (eb_span){0, work->params->rows};
  for (uint64_t panel = panels.first; panel < panels.end; panel++) {
    const size_t first = panel * EB_QBW_CHANNELS, columns = n - first < EB_QBW_CHANNELS ? n - first : EB_QBW_CHANNELS;
    for (uint64_t row = rows.first; row < rows.end; row += work->max_rows) {
      const size_t some = rows.end - row < work->max_rows ? rows.end - row : work->max_rows;
      work->kernel(some, columns, work->layout.blocks, work->layout.words, work->params->half_scales != 0,
                   work->packed + panel * work->layout.panel_bytes, work->in + row * k, k, work->out + row * n + first,
                   n, work->params->min, work->params->max);
    }
  }
}

static void run(unsigned bits, const eb_block_weights_params *params, void *const *operands,
                const eb_context *context) {
  const eb_f32_qbw_kernels *kernels = eb_f32_qbw_kernels_for(params->isa);
  work work = {.params = params, .packed = operands[1], .in = operands[0], .out = operands[2]};
  if (kernels == NULL || !plan(bits, params, &work.layout)) return;
  work.kernel = bits == 4 ? kernels->qb4w : kernels->qb8w;
  work.max_rows = kernels->max_rows;
  work.is_by_rows = params->rows > params->out_channels;
  work.units = work.is_by_rows ? params->rows : work.layout.panels;
  work.shares = eb_shares(context, work.units,
                          (uint64_t)params->in_channels * params->out_channels / EB_FEW_MACS_PER_STEP * params->rows);
  eb_parallel(context, work.shares, run_share, &work);
}

static bool accepts_4(const void *params, const size_t *bytes, size_t count) {
  return accepts(4, params, bytes, count);
}
static bool accepts_8(const void *params, const size_t *bytes, size_t count) {
  return accepts(8, params, bytes, count);
}
static void run_4(const void *params, void *const *operands, const eb_context *context) {
  run(4, params, operands, context);
}
static void run_8(const void *params, void *const *operands, const eb_context *context) {
  run(8, params, operands, context);
}

const eb_operator eb_fully_connected_f32_qb4w = {"fully_connected_f32_qb4w", sizeof(eb_block_weights_params), accepts_4,
                                                 NULL, run_4};
const eb_operator eb_fully_connected_f32_qb8w = {"fully_connected_f32_qb8w", sizeof(eb_block_weights_params), accepts_8,
                                                 NULL, run_8};
