// Sparse weights: counted, laid out, packed, and checked when a plan is loaded.
#include <string.h>

#include "f32-sparse.h"

static uint64_t ratio_up(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

bool eb_sparse_layout_of(const eb_sparse_params *params, eb_sparse_layout *l) {
  const uint64_t n = params->out_channels, k = params->in_channels, entries = params->entries;
  const bool is_masked = params->algorithm == EB_SPARSE_MASKED;
  const uint64_t block = is_masked ? EB_MASKED_CHANNELS : params->block;
  if (params->rows == 0 || n == 0 || k == 0 || entries > UINT32_MAX) return false;
  const bool is_known = params->algorithm == EB_SPARSE_PIXELS || params->algorithm == EB_SPARSE_ROWS;
  if (is_masked ? params->block != 0 : !is_known || (block != 1 && block != 4)) return false;
  // Places have 16 bits.
  if (!is_masked && k > UINT16_MAX + UINT64_C(1)) return false;
  // Below 2^32 units and entries, and masks below 2^28 * 2^32: no sum here comes near 2^64.
  l->units = ratio_up(n, block);
  l->counts = l->units * block * sizeof(float);
  l->places = l->counts + l->units * sizeof(uint32_t);
  const uint64_t places = is_masked ? l->units * k : entries;
  l->values = l->places + (places + (places & 1)) * sizeof(uint16_t);
  l->bytes = l->values + (is_masked ? entries + EB_MASKED_CHANNELS : entries * block) * sizeof(float);
  // The input of a tile and a group of outputs, both [channels, pixels]; of any instruction set.
  l->scratch_bytes =
      params->algorithm != EB_SPARSE_PIXELS ? 0 : (k + EB_SPARSE_GROUP) * EB_SPARSE_MAX_PIXELS * sizeof(float);
  return l->bytes <= SIZE_MAX / 2;
}

bool eb_sparse_requirements_of(const eb_sparse_params *params, eb_requirements *result) {
  eb_sparse_layout layout;
  if (!eb_sparse_layout_of(params, &layout)) return false;
  *result = (eb_requirements){.algorithm = params->algorithm,
                              .packed_bytes = (size_t)layout.bytes,
                              .scratch_bytes = (size_t)layout.scratch_bytes,
                              .workspace_bytes = sizeof(uint64_t)};
  return true;
}

// Whether any of the weights at `k` of `channels` output channels from `n` on is not zero.
static bool has_entry(const eb_sparse_params *params, const float *weights, size_t n, size_t channels, size_t k) {
  for (size_t i = 0; i < channels && n + i < params->out_channels; i++) {
    if (weights[(n + i) * params->in_channels + k] != 0) return true;
  }
  return false;
}

bool eb_sparse_count(eb_sparse_params *params, const float *weights) {
  const size_t block = params->algorithm == EB_SPARSE_MASKED ? 1 : params->block;
  if (block == 0) return false;
  if (block == 1) {
    const size_t all = (size_t)params->out_channels * params->in_channels;
    params->entries = all - eb_sparse_zeros(all, weights);
  } else {
    params->entries = 0;
    for (size_t n = 0; n < params->out_channels; n += block) {
      for (size_t k = 0; k < params->in_channels; k++) params->entries += has_entry(params, weights, n, block, k);
    }
  }
  eb_sparse_layout layout;
  return eb_sparse_layout_of(params, &layout);
}

size_t eb_sparse_zeros(size_t count, const float *weights) {
  size_t zeros = 0;
  for (size_t i = 0; i < count; i++) zeros += weights[i] == 0;
  return zeros;
}

double eb_sparse_density(const eb_sparse_params *params) {
  const double all = (double)params->out_channels * params->in_channels;
  const double stored = (double)params->entries * (params->algorithm == EB_SPARSE_MASKED ? 1 : params->block);
  return stored < all ? stored / all : 1;
}

bool eb_sparse_choose(eb_sparse_params *params, const float *weights) {
  static const struct {
    uint32_t algorithm, block;
  } kernels[] = {
      {EB_SPARSE_PIXELS, 1}, {EB_SPARSE_PIXELS, 4}, {EB_SPARSE_ROWS, 1}, {EB_SPARSE_ROWS, 4}, {EB_SPARSE_MASKED, 0}};
  double most = 0;
  for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
    eb_sparse_params candidate = *params;
    candidate.algorithm = kernels[i].algorithm;
    candidate.block = kernels[i].block;
    const double break_even = eb_sparse_break_even(&candidate);
    if (break_even == 0 || !eb_sparse_count(&candidate, weights)) continue;
    // Time is about in proportion to what is stored, and that of the dense product at the break-even.
    double gain = break_even / (eb_sparse_density(&candidate) + 1e-9);
    // Masked products do all of the dense one's arithmetic.
    if (candidate.algorithm == EB_SPARSE_MASKED && gain > 2) gain = 2;
    if (gain <= most) continue;
    most = gain;
    *params = candidate;
  }
  return most > 0;
}

static void pack_pixels(const eb_sparse_params *params, const eb_sparse_layout *layout, const float *weights,
                        uint8_t *packed) {
  uint32_t *counts = (uint32_t *)(void *)(packed + layout->counts);
  uint16_t *places = (uint16_t *)(void *)(packed + layout->places);
  float *values = (float *)(void *)(packed + layout->values);
  for (size_t n = 0; n < params->out_channels; n += params->block, counts++) {
    *counts = 0;
    for (size_t k = 0; k < params->in_channels; k++) {
      if (!has_entry(params, weights, n, params->block, k)) continue;
      ++*counts;
      *places++ = (uint16_t)k;
      for (size_t i = 0; i < params->block; i++) {
        *values++ = n + i < params->out_channels ? weights[(n + i) * params->in_channels + k] : 0;
      }
    }
  }
}

static void pack_masked(const eb_sparse_params *params, const eb_sparse_layout *layout, const float *weights,
                        uint8_t *packed) {
  uint32_t *firsts = (uint32_t *)(void *)(packed + layout->counts);
  uint16_t *masks = (uint16_t *)(void *)(packed + layout->places);
  float *values = (float *)(void *)(packed + layout->values), *next = values;
  for (size_t n = 0; n < params->out_channels; n += EB_MASKED_CHANNELS) {
    *firsts++ = (uint32_t)(next - values);
    for (size_t k = 0; k < params->in_channels; k++) {
      uint16_t mask = 0;
      for (size_t i = 0; i < EB_MASKED_CHANNELS && n + i < params->out_channels; i++) {
        const float weight = weights[(n + i) * params->in_channels + k];
        if (weight == 0) continue;
        mask |= (uint16_t)(1u << i);
        *next++ = weight;
      }
      *masks++ = mask;
    }
  }
}

void eb_sparse_pack(const eb_sparse_params *params, const float *weights, const float *bias, void *packed) {
  eb_sparse_layout layout;
  if (!eb_sparse_layout_of(params, &layout)) return;
  memset(packed, 0, layout.bytes);
  if (bias != NULL) memcpy(packed, bias, params->out_channels * sizeof(float));
  (params->algorithm == EB_SPARSE_MASKED ? pack_masked : pack_pixels)(params, &layout, weights, packed);
}

bool eb_sparse_is_sound(const eb_sparse_params *params, const eb_sparse_layout *layout, const void *untyped) {
  const uint8_t *packed = untyped;
  const uint32_t *counts = (const uint32_t *)(const void *)(packed + layout->counts);
  const uint16_t *places = (const uint16_t *)(const void *)(packed + layout->places);
  uint64_t entries = 0;
  if (params->algorithm != EB_SPARSE_MASKED) {
    for (uint64_t unit = 0; unit < layout->units; unit++) entries += counts[unit];
    uint16_t last = 0;
    for (uint64_t e = 0; e < params->entries; e++) last = places[e] > last ? places[e] : last;
    return entries == params->entries && last < params->in_channels;
  }
  for (uint64_t unit = 0; unit < layout->units; unit++) {
    if (counts[unit] != entries) return false;
    for (uint64_t k = 0; k < params->in_channels; k++) {
      entries += (unsigned)__builtin_popcount(places[unit * params->in_channels + k]);
    }
  }
  return entries == params->entries;
}
