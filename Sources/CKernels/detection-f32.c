// The last step of a single-shot detector: boxes from anchors, then the best that do not overlap each other.
// Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016), section 2.2, and TFLite's
// TFLite_Detection_PostProcess.
#include <math.h>
#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

enum { columns = 6, most_detections = EB_DETECTION_MOST };

typedef struct {
  float top, left, bottom, right;
} box;

typedef struct {
  const eb_detection_params *params;
  const float *encodings, *anchors;
} decoder;

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_detection_params *p = params;
  if (operand_count != 5 || p->boxes == 0 || p->classes == 0 || p->score_columns < p->classes) return false;
  if (p->boxes > INT32_MAX || p->detections == 0 || p->classes_per_detection == 0) return false;
  if (p->classes_per_detection > p->classes || p->detections_per_class == 0) return false;
  if (p->detections > most_detections || p->detections_per_class > most_detections) return false;
  if (p->classes_per_detection > most_detections) return false;
  const uint64_t rows = (uint64_t)p->detections * p->classes_per_detection + 1;
  return EB_HOLDS(operand_bytes[0], p->boxes, 4, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->boxes, p->score_columns, sizeof(float)) &&
         EB_HOLDS(operand_bytes[2], p->boxes, sizeof(float)) &&
         EB_HOLDS(operand_bytes[3], p->boxes, 4, sizeof(float)) &&
         EB_HOLDS(operand_bytes[4], rows, columns, sizeof(float));
}

static box decode(const decoder *d, uint32_t index) {
  const float *code = d->encodings + 4 * (size_t)index, *anchor = d->anchors + 4 * (size_t)index;
  const eb_detection_params *p = d->params;
  const float y = code[0] / p->y_scale * anchor[2] + anchor[0];
  const float x = code[1] / p->x_scale * anchor[3] + anchor[1];
  const float half_height = 0.5f * expf(code[2] / p->height_scale) * anchor[2];
  const float half_width = 0.5f * expf(code[3] / p->width_scale) * anchor[3];
  return (box){y - half_height, x - half_width, y + half_height, x + half_width};
}

// Intersection over union; 0 where one has no area.
static float overlap(const box *a, const box *b) {
  const float area_a = (a->bottom - a->top) * (a->right - a->left);
  const float area_b = (b->bottom - b->top) * (b->right - b->left);
  if (!(area_a > 0) || !(area_b > 0)) return 0;
  const float height = fmaxf(fminf(a->bottom, b->bottom) - fmaxf(a->top, b->top), 0);
  const float width = fmaxf(fminf(a->right, b->right) - fmaxf(a->left, b->left), 0);
  const float common = height * width;
  return common / (area_a + area_b - common);
}

// The candidate that follows (score, index) in the order of falling scores, of equals the lower index first; -1 at the
// end.
static int64_t next_candidate(const float *scores, size_t stride, uint32_t count, float threshold, float score,
                              int64_t index) {
  int64_t best = -1;
  for (uint32_t i = 0; i < count; i++) {
    const float s = scores[i * stride];
    if (!(s >= threshold) || s > score || (s == score && i <= index)) continue;
    if (best < 0 || s > scores[(size_t)best * stride]) best = i;
  }
  return best;
}

// Writes up to `most` indices of boxes that overlap no better one by more than the threshold; returns how many.
static uint32_t suppress(const decoder *d, const float *scores, size_t stride, uint32_t most, uint32_t *selected) {
  const eb_detection_params *p = d->params;
  uint32_t count = 0;
  float score = INFINITY;
  int64_t index = -1;
  while (count < most) {
    index = next_candidate(scores, stride, p->boxes, p->score_threshold, score, index);
    if (index < 0) break;
    score = scores[(size_t)index * stride];
    const box candidate = decode(d, (uint32_t)index);
    bool is_kept = true;
    for (uint32_t k = 0; k < count && is_kept; k++) {
      const box kept = decode(d, selected[k]);
      is_kept = !(overlap(&kept, &candidate) > p->overlap_threshold);
    }
    if (is_kept) selected[count++] = (uint32_t)index;
  }
  return count;
}

static void write_row(const decoder *d, float *row, uint32_t index, uint32_t class, float score) {
  const box b = decode(d, index);
  const float values[columns] = {b.top, b.left, b.bottom, b.right, (float)class, score};
  memcpy(row, values, sizeof values);
}

// Boxes by the score of their best class; each with its best classes.
static uint32_t run_on_best(const decoder *d, const float *scores, const float *best, float *out) {
  const eb_detection_params *p = d->params;
  uint32_t selected[most_detections];
  const uint32_t count = suppress(d, best, 1, p->detections, selected);
  for (uint32_t k = 0; k < count; k++) {
    const float *row = scores + (size_t)selected[k] * p->score_columns + (p->score_columns - p->classes);
    float score = INFINITY;
    int64_t class = -1;
    for (uint32_t c = 0; c < p->classes_per_detection; c++) {
      class = next_candidate(row, 1, p->classes, -INFINITY, score, class);
      if (class < 0) break;  // not a number
      score = row[class];
      write_row(d, out + ((size_t)k * p->classes_per_detection + c) * columns, selected[k], (uint32_t) class, score);
    }
  }
  return count;
}

// The best of what each class keeps on its own. `out` is kept in order.
static uint32_t run_by_class(const decoder *d, const float *scores, float *out) {
  const eb_detection_params *p = d->params;
  uint32_t selected[most_detections];
  uint32_t count = 0;
  for (uint32_t class = 0; class < p->classes; class ++) {
    const float *column = scores + (p->score_columns - p->classes) + class;
    const uint32_t kept = suppress(d, column, p->score_columns, p->detections_per_class, selected);
    for (uint32_t k = 0; k < kept; k++) {
      const float score = column[(size_t)selected[k] * p->score_columns];
      uint32_t place = count;
      while (place > 0 && out[(size_t)(place - 1) * columns + 5] < score) place--;
      if (place >= p->detections) break;  // those that follow are no better
      if (count < p->detections) count++;
      memmove(out + (size_t)(place + 1) * columns, out + (size_t)place * columns,
              (size_t)(count - 1 - place) * columns * sizeof(float));
      write_row(d, out + (size_t)place * columns, selected[k], class, score);
    }
  }
  return count;
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_detection_params *p = params;
  const decoder d = {.params = p, .encodings = operands[0], .anchors = operands[3]};
  float *out = operands[4];
  const size_t rows = (size_t)p->detections * p->classes_per_detection;
  memset(out, 0, (rows + 1) * columns * sizeof(float));
  const uint32_t count =
      p->is_by_class ? run_by_class(&d, operands[1], out) : run_on_best(&d, operands[1], operands[2], out);
  out[rows * columns] = (float)count;
}

const eb_operator eb_detection_f32 = {
    .name = "detection_f32",
    .params_bytes = sizeof(eb_detection_params),
    .accepts = accepts,
    .run = run,
};
