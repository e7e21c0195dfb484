// Int8 mean over any axes.
#include "qs8-vector.h"
#include "sizes.h"

// Kept elements summed at a time.
enum { chunk = 64 };

static bool accepts(const void *params, const size_t *bytes, size_t count) {
  const eb_reduce_params *p = params;
  if (count < 2 || p->rank > EB_MAX_RANK || !eb_is_qs8(p->in_zero_point) || !eb_is_qs8(p->out_zero_point)) return false;
  uint64_t elements, kept = 1, reduced = 1;
  if (!eb_element_count(p->rank, p->shape, &elements) || elements == 0) return false;
  for (uint32_t i = 0; i < p->rank; i++) *(p->axes >> i & 1 ? &reduced : &kept) *= p->shape[i];
  return bytes[0] >= elements && bytes[1] >= kept && reduced <= 1u << 23;  // 2^23 * 255 < 2^31
}

// Steps `index` through the axes of `mask`, the last one fastest; `offset` follows. False after the last.
static bool step(const eb_reduce_params *p, const uint64_t *strides, uint32_t mask, uint64_t *index, uint64_t *offset) {
  for (uint32_t i = p->rank; i-- > 0;) {
    if (!(mask >> i & 1)) continue;
    *offset += strides[i];
    if (++index[i] < p->shape[i]) return true;
    *offset -= strides[i] * p->shape[i];
    index[i] = 0;
  }
  return false;
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_reduce_params *p = params;
  const eb_qs8_vector_kernels *kernels = eb_qs8_vector_kernels_for(eb_qs8_isa_current());
  const int8_t *in = operands[0];
  int8_t *out = operands[1];

  uint64_t strides[EB_MAX_RANK], elements = 1, reduced = 1;
  for (uint32_t i = p->rank; i-- > 0;) {
    strides[i] = elements;
    elements *= p->shape[i];
    if (p->axes >> i & 1) reduced *= p->shape[i];
  }
  // The trailing axes of one kind are adjacent in memory: one run of elements.
  const uint32_t all = (1u << p->rank) - 1, axes = p->axes & all;
  const bool reduces_run = p->rank != 0 && axes >> (p->rank - 1) & 1;
  uint32_t run_mask = 0;
  uint64_t run_length = 1;
  for (uint32_t i = p->rank; i-- > 0 && (axes >> i & 1) == reduces_run;) {
    run_mask |= 1u << i;
    run_length *= p->shape[i];
  }
  const uint32_t kept_axes = ~axes & all & ~run_mask, reduced_axes = axes & ~run_mask;

  const eb_qs8_output output = eb_qs8_output_of(p->out_zero_point, -128, 127);
  const float scale = p->scale / (float)reduced;
  const int32_t start = -(int32_t)reduced * p->in_zero_point;
  const uint64_t kept_run = reduces_run ? 1 : run_length;
  uint64_t kept_index[EB_MAX_RANK] = {0}, kept_offset = 0;
  do {
    for (uint64_t first = 0; first < kept_run; first += chunk) {
      const size_t count = eb_min_u64(chunk, kept_run - first);
      int32_t sums[chunk];
      for (size_t c = 0; c < count; c++) sums[c] = start;
      uint64_t index[EB_MAX_RANK] = {0}, offset = 0;
      do {
        const int8_t *run_start = in + kept_offset + offset + first;
        if (reduces_run) {
          sums[0] += kernels->sum(run_start, run_length);
        } else {
          kernels->accumulate(run_start, count, sums);
        }
      } while (step(p, strides, reduced_axes, index, &offset));
      for (size_t c = 0; c < count; c++) *out++ = eb_qs8_requantize(sums[c], scale, &output);
    }
  } while (step(p, strides, kept_axes, kept_index, &kept_offset));
}

const eb_operator eb_reduce_mean_qs8 = {
    .name = "reduce_mean_qs8",
    .params_bytes = sizeof(eb_reduce_params),
    .accepts = accepts,
    .run = run,
};
