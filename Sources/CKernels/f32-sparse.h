// Sparse f32 weights: how they are packed, and the microkernels.
#ifndef EB_F32_SPARSE_H
#define EB_F32_SPARSE_H

#include "eb_pack.h"
#include "eb_sparse.h"

// Output channels of a panel of masked weights: a mask has a bit for each.
enum { EB_MASKED_CHANNELS = 16 };
// Output channels that the pixel kernels compute between two transpositions.
enum { EB_SPARSE_GROUP = 8 };

// Where the sections of packed weights begin, in bytes; each is a multiple of 4.
//
//     pixels   bias [units * block] f32   counts [units] u32   places [entries] u16    values [entries * block] f32
//     masked   bias [units * 16] f32      firsts [units] u32   masks [units, k] u16    values [entries + 16] f32
//
// Rows are packed as pixels are. A unit is a block of output channels or a panel of 16. `counts` are a unit's entries,
// `firsts` the entries before it. Entries of a unit come in the order of k.
typedef struct {
  uint64_t units;
  uint64_t counts, places, values, bytes;
  uint64_t scratch_bytes;
} eb_sparse_layout;

// False where the parameters make no sense or no kernel takes them.
bool eb_sparse_layout_of(const eb_sparse_params *params, eb_sparse_layout *layout);

// Whether every count, place and mask of packed weights stays within them: they come from a file.
bool eb_sparse_is_sound(const eb_sparse_params *params, const eb_sparse_layout *layout, const void *packed);

// c[b * block + i, p] = clamp(bias[b * block + i] + sum over the entries e of block b of values[e, i] * a[places[e],
// p]) for `blocks` blocks and all pixels p of a tile: `a` is [k, pixels], `c` [blocks * block, pixels].
typedef void (*eb_f32_spmm_ukernel)(size_t blocks, const uint32_t *counts, const uint16_t *places, const float *values,
                                    const float *bias, const float *a, float *c, float min, float max);

// c[m, n] = clamp(bias[n] + sum over k of a[m, k] * (w[k, n] or 0)), 1 <= rows <= max_rows, for 16 channels of which
// `columns` are written; w[k, n] are the next values where bit n of masks[k] is set.
typedef void (*eb_f32_masked_ukernel)(size_t rows, size_t columns, size_t depth, const uint16_t *masks,
                                      const float *values, const float *bias, const float *a, size_t a_stride, float *c,
                                      size_t c_stride, float min, float max);

// to[c, r] = from[r, c]; strides in floats.
typedef void (*eb_f32_transpose_ukernel)(size_t rows, size_t columns, const float *from, size_t from_stride, float *to,
                                         size_t to_stride);

typedef struct {
  size_t pixels;  // of a tile
  eb_f32_spmm_ukernel spmm_1, spmm_4;
  eb_f32_spmm_ukernel spmv_1, spmv_4;  // of one pixel
  eb_f32_transpose_ukernel transpose;
  size_t max_rows;
  eb_f32_masked_ukernel masked;
} eb_f32_sparse_kernels;

// Pixels of a tile on any instruction set, at most.
enum { EB_SPARSE_MAX_PIXELS = 32 };

// NULL for an instruction set that this processor or this build does not have.
const eb_f32_sparse_kernels *eb_f32_sparse_kernels_for(uint32_t isa);

extern const eb_f32_sparse_kernels eb_f32_sparse_kernels_scalar;
#if defined(__x86_64__)
extern const eb_f32_sparse_kernels eb_f32_sparse_kernels_avx2;
extern const eb_f32_sparse_kernels eb_f32_sparse_kernels_avx512;
void eb_f32_spmv_minmax_ukernel_1x1__avx2(size_t blocks, const uint32_t *counts, const uint16_t *places,
                                          const float *values, const float *bias, const float *a, float *c, float min,
                                          float max);
void eb_f32_spmv_minmax_ukernel_1x4__avx2(size_t blocks, const uint32_t *counts, const uint16_t *places,
                                          const float *values, const float *bias, const float *a, float *c, float min,
                                          float max);
#endif
#if defined(__aarch64__)
extern const eb_f32_sparse_kernels eb_f32_sparse_kernels_neon;
#endif

// eb_pack.h
bool eb_sparse_requirements_of(const eb_sparse_params *params, eb_requirements *result);

#endif
