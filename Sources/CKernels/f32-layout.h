// Panel widths of packed f32 and f16w weights, for every instruction set, on any machine.
#ifndef EB_F32_LAYOUT_H
#define EB_F32_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "f32-kernels.h"

// Widths fall; each is a multiple of the next; unused ones are 0. `dwconv` ends with 1.
typedef struct {
  uint8_t gemm[EB_F32_MAX_WIDTHS];
  uint8_t dwconv[EB_F32_MAX_WIDTHS];
} eb_f32_layout;

// NULL for an instruction set without f32 kernels.
const eb_f32_layout *eb_f32_layout_for(uint32_t isa);

// For products in f16 arithmetic; NULL for an instruction set without it. No widths for depthwise convolution.
const eb_f32_layout *eb_f32_layout_for_f16(uint32_t isa);

// Index of the width of the next panel when `columns` columns (at least 1) are left: 20 columns of
// widths 32, 16, 8 are a panel of 16 and one of 8.
size_t eb_f32_next_panel(const eb_f32_layout *layout, size_t columns);

// `columns` rounded up to whole panels. At most columns + 31.
size_t eb_f32_padded_columns(const eb_f32_layout *layout, size_t columns);

// Index of the one width that the blocks of a depthwise convolution of `channels` channels have: the widest
// that is not wider than the channels. The last block overlaps the one before it where it must.
size_t eb_f32_dwconv_block(const eb_f32_layout *layout, size_t channels);

// Bytes of one packed column of depth k. An odd depth of halves is padded, so that every bias is aligned.
static inline uint64_t eb_f32_column_bytes(uint64_t k, bool half) {
  return sizeof(float) + (half ? (k + (k & 1)) * sizeof(uint16_t) : k * sizeof(float));
}

#endif
