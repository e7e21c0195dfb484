// Normalisations over images, resampling, windows and convolutions in up to
// three dimensions: parameters.
#ifndef EB_WINDOWS_H
#define EB_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// x [batch, pixels, channels], normalised over all pixels of each of `groups`
// groups of neighbouring channels; scale and bias [channels], left out where 0.
typedef struct {
  uint64_t batch, pixels, channels, groups;
  float epsilon;
  uint32_t has_scale, has_bias;
} eb_group_norm_params;

// out[o, j, i] = offset[j] + sum over t of weights[j, t] * in[o, indices[j, t],
// i]; an index outside is clamped.
typedef struct {
  uint64_t outer, in_count, out_count, inner, taps;
  uint32_t has_offsets;
} eb_resample_params;

#define EB_SPACE 3u  // depth, height, width

// A window over [batch, depth, height, width, channels]; axes that an image
// lacks have an extent of 1.
typedef struct {
  uint32_t batch, channels;
  uint32_t in[EB_SPACE], out[EB_SPACE];
  uint32_t window[EB_SPACE], stride[EB_SPACE], dilation[EB_SPACE];
  uint32_t pad_before[EB_SPACE], pad_after[EB_SPACE];
} eb_window;

enum eb_window_kind {
  EB_WINDOW_MAX = 0,
  EB_WINDOW_AVERAGE = 1,
  EB_WINDOW_NORM = 2,  // (sum of |x|^p)^(1/p)
};

typedef struct {
  eb_window window;
  uint32_t kind;             // enum eb_window_kind
  uint32_t counts_padding;   // average: padding counts as elements, what lies
                             // beyond it does not
  uint32_t has_indices;      // max: a second output, i64, in which image, at which
                             // place the maximum is
  uint32_t is_column_major;  // indices count the last axis slowest
  float norm;                // p
} eb_window_reduce_params;

// Convolution, or transposed convolution, in groups. Weights of a group:
// [out_channels / groups, taps, in_channels / groups], packed by
// eb_pack_gemm_f32; transposed: [taps, out_channels / groups, in_channels /
// groups].
typedef struct {
  eb_window window;  // of the image that the taps lie in: the input, or,
                     // transposed, the output; `channels` unused
  uint32_t in_channels, out_channels, groups;
  uint32_t is_transposed;
  uint32_t isa;
  float min, max;
} eb_conv_nd_params;

// Of one group's packed weights and of the scratch; 0 where the parameters make
// no sense.
size_t eb_conv_nd_group_bytes(const eb_conv_nd_params *params);
size_t eb_conv_nd_scratch_bytes(const eb_conv_nd_params *params);

#ifdef __cplusplus
}
#endif

#endif
