// What operators with windows in up to three dimensions share.
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_windows.h"

// Whether the sizes are such that all arithmetic on positions fits in i64.
static inline bool eb_window_is_valid(const eb_window *w) {
  enum { largest = 1 << 30 };
  if (w->batch == 0) return false;
  for (uint32_t i = 0; i < EB_SPACE; i++) {
    const uint32_t sizes[] = {w->in[i], w->out[i], w->window[i], w->stride[i], w->dilation[i]};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      if (sizes[s] == 0 || sizes[s] > largest) return false;
    }
    if (w->pad_before[i] > largest || w->pad_after[i] > largest) return false;
  }
  return true;
}

// The place in the image of tap `tap` of window `at` along axis `axis`; outside
// of it where negative or too large.
static inline int64_t eb_window_place(const eb_window *w, uint32_t axis, uint64_t at, uint64_t tap) {
  return (int64_t)(at * w->stride[axis] + tap * w->dilation[axis]) - (int64_t)w->pad_before[axis];
}

static inline bool eb_window_is_inside(const eb_window *w, uint32_t axis, int64_t place) {
  return place >= 0 && place < (int64_t)w->in[axis];
}

static inline uint64_t eb_window_pixels(const uint32_t *shape) { return (uint64_t)shape[0] * shape[1] * shape[2]; }

#endif
