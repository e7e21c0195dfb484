// Int8 depthwise convolution: each output channel sums over the taps of one input channel.
//
// The input is copied with its padding (and each channel repeated for a channel multiplier), so that tap t of an
// output pixel lies at a fixed offset from the pixel's own place. Taps go in groups, channels in blocks; the
// instruction set decides how many and in which order inside a block (eb_qs8_dwconv_layout).
#ifndef EB_QS8_DWCONV_H
#define EB_QS8_DWCONV_H

#include "qs8-gemm.h"
#include "qs8-window.h"

// Packed: weights [block][tap group][block_channels][tap_group], bias and scales [block][block_channels], where
// place i in a block holds channel eb_qs8_dwconv_channel(layout, i) of the block.
typedef struct {
  uint64_t block_channels;
  uint64_t tap_group;
  // Byte interleaving works within 16-byte lanes: four vectors hold channels 0-3, 4-7, 8-11, 12-15 of each lane.
  bool is_interleaved;
  // A stride of 2 is undone by keeping even and odd columns apart, where that lets pixels be treated together.
  bool can_split_columns;
} eb_qs8_dwconv_layout;

static inline uint64_t eb_qs8_dwconv_channel(const eb_qs8_dwconv_layout *layout, uint64_t place) {
  if (!layout->is_interleaved) return place;
  const uint64_t vector_channels = layout->block_channels / 4;
  const uint64_t vector = place / vector_channels, within = place % vector_channels;
  return within / 4 * 16 + vector * 4 + within % 4;
}

typedef struct {
  eb_qs8_window window;
  eb_qs8_isa isa;
  bool is_dynamic;
  bool copies;
  eb_qs8_dwconv_layout layout;
  // 3 x 3 taps in groups of 4: a group is a column of taps, and a place without a tap.
  bool is_by_columns;
  // Few channels: `repeat` neighbouring output pixels are treated as one of `repeat` times the channels.
  uint64_t repeat;
  uint64_t batch, channels, blocks, taps, tap_groups, block_bytes;
  uint64_t bias_offset, scales_offset, real_bias_offset, packed_bytes;
  // Scratch: tap offsets [tap_groups * tap_group], then the copy, then its columns split: each row first those of
  // even number, then, after plane_bytes, those of odd number.
  bool splits_columns;
  uint64_t copy_offset, split_offset, plane_bytes, scratch_bytes;
  uint64_t in_bytes, out_bytes;
} eb_qs8_dwconv;

// The tap at place `slot` of the packed weights; `taps` or more for a place without one.
static inline uint64_t eb_qs8_dwconv_tap(const eb_qs8_dwconv *dwconv, uint64_t slot) {
  if (!dwconv->is_by_columns) return slot;
  return slot % 4 == 3 ? dwconv->taps : slot % 4 * 3 + slot / 4;
}

bool eb_qs8_dwconv_plan(const eb_conv2d_params *params, bool is_dynamic, eb_qs8_dwconv *dwconv);

// What a kernel needs to make `rows` rows of `count` runs of `channels` adjacent output elements.
typedef struct {
  const int8_t *weights;
  size_t block_bytes;
  const int32_t *bias;  // as in eb_qs8_gemm
  const float *scales;
  size_t taps, tap_groups;
  const size_t *tap_offsets;  // bytes; [tap_groups * tap_group]
  bool is_by_columns;
  size_t channels;  // of a run
  size_t rows, count;
  size_t in_stride, in_row_stride;  // bytes between the inputs of runs, and of rows
  size_t out_row_stride;            // elements; runs adjoin
  eb_qs8_output output;
  const float *real_bias;
  eb_qd8_range range;
  float min, max;
} eb_qs8_dwconv_job;

typedef void eb_qs8_dwconv_kernel(const eb_qs8_dwconv_job *job, const int8_t *in, int8_t *out);
typedef void eb_qd8_dwconv_kernel(const eb_qs8_dwconv_job *job, const int8_t *in, float *out);

eb_qs8_dwconv_kernel eb_qs8_dwconv__scalar, eb_qs8_dwconv__avx2, eb_qs8_dwconv__avx512vnni;
eb_qd8_dwconv_kernel eb_qd8_dwconv__scalar, eb_qd8_dwconv__avx2, eb_qd8_dwconv__avx512vnni;

eb_qs8_dwconv_kernel eb_qs8_dwconv__neon, eb_qs8_dwconv__neondot;
eb_qd8_dwconv_kernel eb_qd8_dwconv__neon, eb_qd8_dwconv__neondot;

eb_qs8_dwconv_kernel eb_qs8_dwconv__armv7neon;
eb_qd8_dwconv_kernel eb_qd8_dwconv__armv7neon;

// Moves the columns of `rows` rows of `row_bytes` apart; `channels` is 8, 16 or 32. Reads up to 127 bytes past the
// last row.
void eb_qs8_split_columns__avx512(const int8_t *in, size_t rows, size_t row_bytes, size_t channels, size_t plane_bytes,
                                  int8_t *out);

// What an instruction set runs depthwise convolutions with. A build for another architecture has the layout, to pack
// weights by, and no kernels.
typedef struct {
  eb_qs8_dwconv_layout layout;
  int32_t input_offset;
  eb_qs8_dwconv_kernel *qs8;
  eb_qd8_dwconv_kernel *qd8;
} eb_qs8_dwconv_implementation;
const eb_qs8_dwconv_implementation *eb_qs8_dwconv_implementation_for(eb_qs8_isa isa);

#endif
