// One axis of a sliding window: which taps each output position sees.
//
// Output o and tap t meet the input at o * stride + t * dilation + offset, if that is inside [0, input).
#ifndef EB_F32_AXIS_H
#define EB_F32_AXIS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t outputs, taps, input;
  int64_t stride, dilation, offset;
} eb_f32_axis;

// Outputs [first, first + count) that all see the taps [tap_first, tap_first + tap_count) and no other;
// `input` is where the first of both meet.
typedef struct {
  int64_t first, count;
  int64_t tap_first, tap_count;
  int64_t input;
} eb_f32_run;

// The run that starts at output `first` < outputs. The interior, which sees all taps, is one run.
eb_f32_run eb_f32_axis_run(const eb_f32_axis *axis, int64_t first);

// The part of it before output `end` > first.
static inline eb_f32_run eb_f32_axis_run_until(const eb_f32_axis *axis, int64_t first, int64_t end) {
  eb_f32_run run = eb_f32_axis_run(axis, first);
  if (run.count > end - first) run.count = end - first;
  return run;
}

#endif
