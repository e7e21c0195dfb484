#include "qs8-dwconv.h"

enum { band_bytes = 16 * 1024 };

#if defined(__x86_64__)
#define EB_X86(kernel) kernel
#else
#define EB_X86(kernel) NULL
#endif
#if defined(__aarch64__)
#define EB_ARM(kernel) kernel
#else
#define EB_ARM(kernel) NULL
#endif
#if defined(__arm__)
#define EB_ARMV7(kernel) kernel
#else
#define EB_ARMV7(kernel) NULL
#endif

// One table: the layout and kernels of each instruction set.
static const eb_qs8_dwconv_implementation scalar = {
    .layout = {.block_channels = 1, .tap_group = 1},
    .qs8 = eb_qs8_dwconv__scalar,
    .qd8 = eb_qd8_dwconv__scalar,
};
static const eb_qs8_dwconv_implementation avx2 = {
    .layout = {.block_channels = 16, .tap_group = 2},
    .qs8 = EB_X86(eb_qs8_dwconv__avx2),
    .qd8 = EB_X86(eb_qd8_dwconv__avx2),
};
static const eb_qs8_dwconv_implementation avx512vnni = {
    .layout = {.block_channels = 64, .tap_group = 4, .is_interleaved = true, .can_split_columns = true},
    .input_offset = 128,
    .qs8 = EB_X86(eb_qs8_dwconv__avx512vnni),
    .qd8 = EB_X86(eb_qd8_dwconv__avx512vnni),
};
static const eb_qs8_dwconv_implementation neon = {
    .layout = {.block_channels = 16, .tap_group = 1},
    .qs8 = EB_ARM(eb_qs8_dwconv__neon),
    .qd8 = EB_ARM(eb_qd8_dwconv__neon),
};
static const eb_qs8_dwconv_implementation neondot = {
    .layout = {.block_channels = 16, .tap_group = 4},
    .qs8 = EB_ARM(eb_qs8_dwconv__neondot),
    .qd8 = EB_ARM(eb_qd8_dwconv__neondot),
};
static const eb_qs8_dwconv_implementation armv7neon = {
    .layout = {.block_channels = 16, .tap_group = 1},
    .qs8 = EB_ARMV7(eb_qs8_dwconv__armv7neon),
    .qd8 = EB_ARMV7(eb_qd8_dwconv__armv7neon),
};
// AVX-512 without VNNI runs the AVX2 kernels, and I8MM, which multiplies matrices, those of the dot product.
static const eb_qs8_dwconv_implementation *const implementations[EB_QS8_ISA_COUNT] = {
    [EB_QS8_SCALAR] = &scalar,     [EB_QS8_AVX2] = &avx2,
    [EB_QS8_AVX512] = &avx2,       [EB_QS8_AVX512VNNI] = &avx512vnni,
    [EB_QS8_NEON] = &neon,         [EB_QS8_NEON_DOT] = &neondot,
    [EB_QS8_NEON_I8MM] = &neondot, [EB_QS8_ARMV7_NEON] = &armv7neon,
};
const eb_qs8_dwconv_implementation *eb_qs8_dwconv_implementation_for(eb_qs8_isa isa) { return implementations[isa]; }

static bool is_valid(const eb_conv2d_params *p) {
  return p->batch != 0 && p->in_height != 0 && p->in_width != 0 && p->in_channels != 0 && p->out_height != 0 &&
         p->out_width != 0 && p->out_channels != 0 && p->kernel_height != 0 && p->kernel_width != 0 &&
         p->stride_height != 0 && p->stride_width != 0 && p->dilation_height != 0 && p->dilation_width != 0 &&
         p->out_channels % p->in_channels == 0;
}

// Few channels waste most of a block; pixels side by side fill it, where their inputs lie side by side too.
static void plan_repeat(const eb_conv2d_params *p, eb_qs8_dwconv *d) {
  const uint64_t block = d->layout.block_channels;
  d->repeat = 1;
  if (p->out_channels >= block || block % p->out_channels != 0) return;
  d->splits_columns = d->layout.can_split_columns && !d->is_dynamic && p->stride_width == 2 && p->out_channels >= 8;
  if (p->stride_width == 1 || d->splits_columns) d->repeat = block / p->out_channels;
}

static bool plan_sizes(eb_qs8_dwconv *d) {
  const uint64_t padded = d->blocks * d->layout.block_channels;
  uint64_t weights, channels, offsets;
  if (!eb_checked_mul(d->tap_groups * d->layout.tap_group, d->layout.block_channels, &d->block_bytes)) return false;
  if (!eb_checked_mul(d->blocks, d->block_bytes, &weights)) return false;
  if (!eb_checked_mul(padded, sizeof(float), &channels)) return false;
  if (!eb_checked_add(weights, 63, &weights)) return false;
  d->bias_offset = weights / 64 * 64;
  if (!eb_checked_add(d->bias_offset, channels, &d->scales_offset)) return false;
  if (!eb_checked_add(d->scales_offset, channels, &d->real_bias_offset)) return false;
  if (!eb_checked_add(d->real_bias_offset, d->is_dynamic ? channels : 0, &d->packed_bytes)) return false;
  if (!eb_checked_mul(d->tap_groups * d->layout.tap_group, sizeof(size_t), &offsets)) return false;
  if (!eb_checked_add(offsets, 63, &offsets)) return false;
  d->copy_offset = offsets / 64 * 64;
  if (!eb_checked_add(d->copy_offset, d->copies ? d->window.scratch_bytes : 0, &d->scratch_bytes)) return false;
  if (d->splits_columns) {
    // Twice a plane exceeds a row by no more than 192 bytes, and rows are below 2^31 pixels of 32 channels.
    d->split_offset = eb_round_up(d->scratch_bytes, 64);
    d->plane_bytes = eb_round_up((d->window.span_width + 1) / 2 * d->window.channels, 64);
    uint64_t split;
    if (!eb_checked_mul(d->window.window_rows, 2 * d->plane_bytes, &split)) return false;
    if (!eb_checked_add(d->split_offset, split + EB_QS8_SLACK, &d->scratch_bytes)) return false;
  }
  return d->packed_bytes <= SIZE_MAX / 2 && d->scratch_bytes <= SIZE_MAX / 2;
}

bool eb_qs8_dwconv_plan(const eb_conv2d_params *p, bool is_dynamic, eb_qs8_dwconv *d) {
  if (!is_valid(p)) return false;
  *d = (eb_qs8_dwconv){.isa = eb_qs8_isa_for(p->isa), .is_dynamic = is_dynamic, .batch = p->batch};
  const eb_qs8_dwconv_implementation *implementation = eb_qs8_dwconv_implementation_for(d->isa);
  d->layout = implementation->layout;
  d->window = eb_qs8_window_of(p);
  d->window.channel_multiplier = p->out_channels / p->in_channels;
  d->window.isa = d->isa;
  d->window.adds_128 = implementation->input_offset != 0;
  if (!eb_qs8_window_plan(&d->window, is_dynamic ? UINT64_MAX / 2 : band_bytes)) return false;
  plan_repeat(p, d);
  d->channels = p->out_channels * d->repeat;
  d->blocks = eb_round_up(d->channels, d->layout.block_channels) / d->layout.block_channels;
  d->taps = (uint64_t)p->kernel_height * p->kernel_width;
  if (d->taps > INT32_MAX) return false;
  d->tap_groups = eb_round_up(d->taps, d->layout.tap_group) / d->layout.tap_group;
  d->is_by_columns = d->layout.tap_group == 4 && p->kernel_height == 3 && p->kernel_width == 3;
  // Kernels read whole blocks of channels, which only the copy's slack allows past the last pixel.
  d->copies =
      is_dynamic || d->window.needs_copy || d->window.adds_128 || p->out_channels % d->layout.block_channels != 0;
  if (!plan_sizes(d)) return false;
  const uint64_t element = is_dynamic ? sizeof(float) : 1;
  const uint64_t in[] = {p->batch, d->window.in_image_bytes, element};
  const uint64_t out[] = {p->batch, p->out_height, p->out_width, p->out_channels, element};
  return eb_checked_product(in, 3, &d->in_bytes) && eb_checked_product(out, 5, &d->out_bytes);
}
