// Where sparse products begin to pay, one line a kernel and class of shapes: measured by
// `make break-even` (docs/performance.md), and rounded down.
#include "f32-sparse.h"

typedef struct {
  uint32_t algorithm, block;
  // The class: the first line that fits counts.
  uint32_t least_rows, most_rows, least_out_channels, most_in_channels;
  uint64_t least_weight_bytes;  // of the dense weights
  double density;
} measured;

enum { any = 0xFFFF + 1 };
// Dense weights beyond the second-level cache, and beyond all caches, of the machine that was measured.
#define FROM_OUTER_CACHE (UINT64_C(12) << 20)
#define FROM_MEMORY (UINT64_C(48) << 20)

static const measured avx2[] = {
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 256, 0, 0.55},
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 512, 0, 0.40},
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 768, 0, 0.35},
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 1024, 0, 0.30},
    {EB_SPARSE_PIXELS, 4, 32, UINT32_MAX, 32, 768, 0, 0.75},
    {EB_SPARSE_PIXELS, 4, 32, UINT32_MAX, 32, 1024, 0, 0.65},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, FROM_MEMORY, 0.30},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, FROM_OUTER_CACHE, 0.20},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, 0, 0.12},
    {EB_SPARSE_ROWS, 4, 1, 1, 64, any, FROM_OUTER_CACHE, 0.50},
    {EB_SPARSE_ROWS, 4, 1, 1, 64, any, 0, 0.40},
    {EB_SPARSE_MASKED, 0, 1, 1, 64, UINT32_MAX, FROM_MEMORY, 0.55},
    {EB_SPARSE_MASKED, 0, 1, 1, 64, UINT32_MAX, FROM_OUTER_CACHE, 0.50},
};

static const measured avx512[] = {
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 256, 0, 0.50},
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 512, 0, 0.40},
    {EB_SPARSE_PIXELS, 1, 32, UINT32_MAX, 32, 1024, 0, 0.35},
    {EB_SPARSE_PIXELS, 4, 32, UINT32_MAX, 32, 1024, 0, 0.70},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, FROM_MEMORY, 0.25},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, FROM_OUTER_CACHE, 0.20},
    {EB_SPARSE_ROWS, 1, 1, 1, 64, any, 0, 0.12},
    {EB_SPARSE_ROWS, 4, 1, 1, 64, any, FROM_OUTER_CACHE, 0.50},
    {EB_SPARSE_ROWS, 4, 1, 1, 64, any, 0, 0.40},
    {EB_SPARSE_MASKED, 0, 1, 1, 64, UINT32_MAX, FROM_MEMORY, 0.55},
    {EB_SPARSE_MASKED, 0, 1, 1, 64, UINT32_MAX, FROM_OUTER_CACHE, 0.50},
};

static double density_of(const measured *lines, size_t count, const eb_sparse_params *params) {
  const uint64_t weight_bytes = (uint64_t)params->out_channels * params->in_channels * sizeof(float);
  for (size_t i = 0; i < count; i++) {
    const measured *line = &lines[i];
    if (line->algorithm == params->algorithm && line->block == params->block && params->rows >= line->least_rows &&
        params->rows <= line->most_rows && params->out_channels >= line->least_out_channels &&
        params->in_channels <= line->most_in_channels && weight_bytes >= line->least_weight_bytes) {
      return line->density;
    }
  }
  return 0;
}

double eb_sparse_break_even(const eb_sparse_params *params) {
  switch (params->isa) {
    case EB_ISA_AVX2:
      return density_of(avx2, sizeof avx2 / sizeof avx2[0], params);
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return density_of(avx512, sizeof avx512 / sizeof avx512[0], params);
    default:
      return 0;  // not measured
  }
}
