#include "f32-axis.h"

// The smallest i >= 0 with i * step >= distance.
static int64_t steps_to(int64_t distance, int64_t step) { return distance <= 0 ? 0 : (distance + step - 1) / step; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void clip(const eb_f32_axis *axis, int64_t output, int64_t *first, int64_t *end) {
  int64_t start = output * axis->stride + axis->offset;
  *first = least(steps_to(-start, axis->dilation), axis->taps);
  *end = least(steps_to(axis->input - start, axis->dilation), axis->taps);
}

eb_f32_run eb_f32_axis_run(const eb_f32_axis *axis, int64_t first) {
  int64_t tap_first, tap_end;
  clip(axis, first, &tap_first, &tap_end);
  int64_t end = first + 1;
  if (axis->taps == 0) {
    end = axis->outputs;
  } else if (tap_first == 0 && tap_end == axis->taps) {
    // Up to the last output whose last tap is inside.
    int64_t reach = axis->input - 1 - axis->offset - (axis->taps - 1) * axis->dilation;
    end = reach < 0 ? end : least(reach / axis->stride + 1, axis->outputs);
  } else {
    for (; end < axis->outputs; end++) {
      int64_t next_first, next_end;
      clip(axis, end, &next_first, &next_end);
      if (next_first != tap_first || next_end != tap_end) break;
    }
  }
  int64_t count = tap_end > tap_first ? tap_end - tap_first : 0;
  return (eb_f32_run){
      .first = first,
      .count = end - first,
      .tap_first = count > 0 ? tap_first : 0,
      .tap_count = count,
      .input = count > 0 ? first * axis->stride + axis->offset + tap_first * axis->dilation : 0,
  };
}
