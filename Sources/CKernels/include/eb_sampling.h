// Sampling images at computed places, detection, Fourier transforms:
// parameters.
#ifndef EB_SAMPLING_H
#define EB_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "eb_windows.h"

#ifdef __cplusplus
extern "C" {
#endif

// Values of Graph.GridSampling.Method and .Padding.
enum eb_grid_method { EB_GRID_LINEAR = 0, EB_GRID_NEAREST = 1, EB_GRID_CUBIC = 2 };
enum eb_grid_padding { EB_GRID_ZEROS = 0, EB_GRID_BORDER = 1, EB_GRID_REFLECTION = 2 };

// in [batch, depth, height, width, channels] at the places grid [batch, points,
// dimensions], x first, each from -1 to 1 over the image; out [batch, points,
// channels].
typedef struct {
  uint32_t batch, channels;
  uint32_t dimensions;  // 2 or 3
  uint32_t in[EB_SPACE];
  uint64_t points;
  uint32_t method, padding;
  uint32_t aligns_corners;  // -1 and 1 are the centres of the outermost pixels,
                            // not their edges
} eb_grid_sample_params;

// in [batch, height, width, channels], boxes [count, 4] (x1, y1, x2, y2),
// images i32 [count]; out [count, out_height, out_width, channels]: of each
// cell the average or the largest of its samples.
typedef struct {
  uint32_t batch, height, width, channels;
  uint32_t count, out_height, out_width;
  uint32_t samples;  // along each axis of a cell; 0: as many as pixels
  uint32_t is_maximum;
  uint32_t has_half_pixel;  // shifts boxes by half a pixel
  float scale;              // of the boxes, to pixels
} eb_roi_align_params;

// boxes f32 [batch, boxes, 4], scores f32 [batch, classes, boxes]; out i64
// [capacity, 3] (image, class, box), unused rows -1, then how many are used.
typedef struct {
  uint32_t batch, classes, boxes, capacity;
  uint32_t most_a_class;
  uint32_t is_centered;  // boxes are x, y of the centre, width, height; else two
                         // corners (y, x)
  uint32_t has_score_threshold;
  float overlap_threshold, score_threshold;
} eb_non_max_suppression_params;

// in [batch, channels, taps, blocks] added up into out [batch, channels, depth,
// height, width] where each tap of each block lies; `window.in` is the image,
// `window.out` how many blocks there are.
typedef struct {
  eb_window window;
} eb_col2im_params;

// Transforms along an axis of [outer, count, inner, parts] (1 part: real, 2:
// complex): out[k] = scale * sum over n < length of in[n] * e^(-+2 pi i k n /
// length), elements beyond `in_count` being 0.
typedef struct {
  uint64_t outer, inner;
  uint32_t in_count, out_count, length;
  uint32_t in_parts, out_parts;
  uint32_t is_inverse;
  uint32_t is_half;  // the input is the first half of a spectrum whose other
                     // half is its mirror image
  float scale;
} eb_fourier_params;

size_t eb_fourier_scratch_bytes(const eb_fourier_params *params);

// Convolution of a 2-D image whose taps are moved by offsets [batch,
// out_height, out_width, offset_groups, taps, 2] (y, x) and, with `has_mask`,
// scaled by [batch, out_height, out_width, offset_groups, taps].
typedef struct {
  eb_conv_nd_params conv;
  uint32_t offset_groups;
  uint32_t has_mask;
} eb_deform_conv_params;

#ifdef __cplusplus
}
#endif

#endif
