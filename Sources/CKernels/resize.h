// Where an output pixel lies in the input, along one axis, as in TensorFlow Lite's resize operators.
#ifndef EB_RESIZE_H
#define EB_RESIZE_H

#include <math.h>
#include <stddef.h>

#include "eb_operators.h"

// Between `lower` and `upper`, `fraction` of the way.
typedef struct {
  size_t lower, upper;
  float fraction;
} eb_resize_tap;

static inline float eb_resize_scale(uint32_t in, uint32_t out, const eb_resize_params *p) {
  return p->aligns_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static inline eb_resize_tap eb_resize_tap_at(uint32_t index, uint32_t in, uint32_t out, const eb_resize_params *p) {
  const float scale = eb_resize_scale(in, out, p);
  const float position = p->half_pixel_centers ? ((float)index + 0.5f) * scale - 0.5f : (float)index * scale;
  const float last = (float)(in - 1);
  const float below = floorf(position), above = ceilf(position);
  // The comparisons with `last` are made again on integers: a size above 2^24 is not exact in f32.
  size_t lower = below > 0.0f ? (below < last ? (size_t)below : in - 1) : 0;
  size_t upper = above > 0.0f ? (above < last ? (size_t)above : in - 1) : 0;
  if (lower > in - 1) lower = in - 1;
  if (upper > in - 1) upper = in - 1;
  return (eb_resize_tap){lower, upper, position - (float)lower};
}

static inline size_t eb_resize_nearest_at(uint32_t index, uint32_t in, uint32_t out, const eb_resize_params *p) {
  const float scale = eb_resize_scale(in, out, p);
  const float position = ((float)index + (p->half_pixel_centers ? 0.5f : 0.0f)) * scale;
  const float nearest = p->aligns_corners ? roundf(position) : floorf(position);
  const size_t chosen = nearest > 0.0f ? (nearest < (float)(in - 1) ? (size_t)nearest : in - 1) : 0;
  return chosen > in - 1 ? in - 1 : chosen;
}

#endif
