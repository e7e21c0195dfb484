#include "f32-layout.h"

static const eb_f32_layout scalar = {.gemm = {4}, .dwconv = {4, 1}};
static const eb_f32_layout avx2 = {.gemm = {16, 8}, .dwconv = {8, 4, 1}};
static const eb_f32_layout avx512 = {.gemm = {32, 16, 8}, .dwconv = {16, 8, 1}};
static const eb_f32_layout neon = {.gemm = {8, 4}, .dwconv = {8, 4, 1}};
// Eight pixels of 4 channels fill the 16 registers.
static const eb_f32_layout armv7neon = {.gemm = {8, 4}, .dwconv = {4, 1}};

const eb_f32_layout *eb_f32_layout_for(uint32_t isa) {
  switch (isa) {
    case EB_ISA_SCALAR:
      return &scalar;
    case EB_ISA_AVX2:
      return &avx2;
    case EB_ISA_AVX512:
    case EB_ISA_AVX512VNNI:
      return &avx512;
    case EB_ISA_NEON:
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return &neon;
    case EB_ISA_ARMV7_NEON:
      return &armv7neon;
    default:
      return NULL;
  }
}

const eb_f32_layout *eb_f32_layout_for_f16(uint32_t isa) {
  static const eb_f32_layout neonfp16 = {.gemm = {16, 8}};
  return isa == EB_ISA_NEON_FP16_DOT || isa == EB_ISA_NEON_I8MM ? &neonfp16 : NULL;
}

static size_t narrowest(const uint8_t *widths) {
  size_t i = 0;
  while (i + 1 < EB_F32_MAX_WIDTHS && widths[i + 1] != 0) i++;
  return widths[i];
}

size_t eb_f32_padded_columns(const eb_f32_layout *layout, size_t columns) {
  size_t width = narrowest(layout->gemm);
  return (columns + width - 1) / width * width;
}

size_t eb_f32_next_panel(const eb_f32_layout *layout, size_t columns) {
  size_t padded = eb_f32_padded_columns(layout, columns), i = 0;
  while (layout->gemm[i] > padded) i++;
  return i;
}

size_t eb_f32_dwconv_block(const eb_f32_layout *layout, size_t channels) {
  size_t i = 0;
  while (layout->dwconv[i] > channels) i++;
  return i;
}
