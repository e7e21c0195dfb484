// An image at places that a grid gives.
#include <math.h>

#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_grid_sample_params *p = untyped;
  if (operand_count != 3 || p->dimensions < 2 || p->dimensions > 3 || p->method > EB_GRID_CUBIC ||
      p->padding > EB_GRID_REFLECTION || (p->method == EB_GRID_CUBIC && p->dimensions != 2)) {
    return false;
  }
  for (uint32_t i = 0; i < EB_SPACE; i++) {
    if (p->in[i] == 0 || p->in[i] > 1u << 24) return false;  // positions are f32
  }
  return (p->dimensions == 3 || p->in[0] == 1) &&
         EB_HOLDS(operand_bytes[0], p->batch, p->in[0], p->in[1], p->in[2], p->channels, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->batch, p->points, p->dimensions, sizeof(float)) &&
         EB_HOLDS(operand_bytes[2], p->batch, p->points, p->channels, sizeof(float));
}

// From -1...1 to pixels.
static float position(const eb_grid_sample_params *p, uint32_t axis, float x) {
  const float size = (float)p->in[axis];
  return p->aligns_corners ? (x + 1) / 2 * (size - 1) : ((x + 1) * size - 1) / 2;
}

static float reflect(float x, float low, float high) {
  const float range = high - low;
  if (!(range > 0)) return low;
  if (x < low || x > high) {
    const float away = fmodf(fabsf(x - low), 2 * range);
    x = low + (away > range ? 2 * range - away : away);
  }
  return x;
}

// The position with the padding rule applied; NaN gives a place outside.
static float padded(const eb_grid_sample_params *p, uint32_t axis, float x) {
  const float last = (float)p->in[axis] - 1;
  if (x != x) return -2;
  if (p->padding == EB_GRID_BORDER) return x < 0 ? 0 : x > last ? last : x;
  if (p->padding == EB_GRID_REFLECTION) {
    x = p->aligns_corners ? reflect(x, 0, last) : reflect(x, -0.5f, last + 0.5f);
    return x < 0 ? 0 : x > last ? last : x;
  }
  return x;
}

enum { most_taps = 4 };

// The taps along one axis: places, outside where negative, and weights.
typedef struct {
  int64_t place[most_taps];
  float weight[most_taps];
  uint32_t count;
} axis_taps;

static int64_t place_of(const eb_grid_sample_params *p, uint32_t axis, float x) {
  const float last = (float)p->in[axis] - 1;
  if (p->method == EB_GRID_CUBIC) x = padded(p, axis, x);
  return x >= 0 && x <= last ? (int64_t)x : -1;
}

static axis_taps taps_at(const eb_grid_sample_params *p, uint32_t axis, float x) {
  axis_taps taps = {0};
  if (p->method == EB_GRID_NEAREST) {
    taps.count = 1;
    taps.place[0] = place_of(p, axis, rintf(padded(p, axis, x)));
    taps.weight[0] = 1;
  } else if (p->method == EB_GRID_LINEAR) {
    x = padded(p, axis, x);
    const float below = floorf(x), fraction = x - below;
    taps.count = 2;
    for (int i = 0; i < 2; i++) {
      taps.place[i] = place_of(p, axis, below + (float)i);
      taps.weight[i] = i == 0 ? 1 - fraction : fraction;
    }
  } else {
    // Keys (1981) with a = -0.75.
    const float below = floorf(x), f = x - below, a = -0.75f;
    const float w[4] = {((a * (f + 1) - 5 * a) * (f + 1) + 8 * a) * (f + 1) - 4 * a,
                        ((a + 2) * f - (a + 3)) * f * f + 1, ((a + 2) * (1 - f) - (a + 3)) * (1 - f) * (1 - f) + 1,
                        ((a * (2 - f) - 5 * a) * (2 - f) + 8 * a) * (2 - f) - 4 * a};
    taps.count = 4;
    for (int i = 0; i < 4; i++) {
      taps.place[i] = place_of(p, axis, below + (float)(i - 1));
      taps.weight[i] = w[i];
    }
  }
  return taps;
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_grid_sample_params *p = untyped;
  const float *in = operands[0], *grid = operands[1];
  float *out = operands[2];
  const size_t image = (size_t)p->in[0] * p->in[1] * p->in[2] * p->channels;
  for (size_t n = 0; n < p->batch; n++, in += image) {
    for (size_t i = 0; i < p->points; i++, grid += p->dimensions, out += p->channels) {
      axis_taps taps[EB_SPACE] = {{.place = {0}, .weight = {1}, .count = 1}};
      for (uint32_t d = 0; d < p->dimensions; d++) {
        const uint32_t axis = EB_SPACE - 1 - d;
        taps[axis] = taps_at(p, axis, position(p, axis, grid[d]));
      }
      for (size_t c = 0; c < p->channels; c++) out[c] = 0;
      for (uint32_t z = 0; z < taps[0].count; z++) {
        for (uint32_t y = 0; y < taps[1].count; y++) {
          for (uint32_t x = 0; x < taps[2].count; x++) {
            const int64_t pz = taps[0].place[z], py = taps[1].place[y], px = taps[2].place[x];
            if (pz < 0 || py < 0 || px < 0) continue;
            const float weight = taps[0].weight[z] * taps[1].weight[y] * taps[2].weight[x];
            const float *pixel = in + (size_t)((pz * p->in[1] + py) * p->in[2] + px) * p->channels;
            for (size_t c = 0; c < p->channels; c++) out[c] += weight * pixel[c];
          }
        }
      }
    }
  }
}

const eb_operator eb_grid_sample_f32 = {
    .name = "grid_sample_f32", .params_bytes = sizeof(eb_grid_sample_params), .accepts = accepts, .run = run};
