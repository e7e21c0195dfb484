// Of boxes that overlap, the ones with the best scores, class by class.
#include "eb_operators.h"
#include "sizes.h"

// Operands: boxes, scores, out, scratch: u32 [boxes], boxes in the order of
// their scores.
static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_non_max_suppression_params *p = untyped;
  return operand_count == 4 && EB_HOLDS(operand_bytes[0], p->batch, p->boxes, 4, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->batch, p->classes, p->boxes, sizeof(float)) &&
         EB_HOLDS(operand_bytes[2], 3 * (uint64_t)p->capacity + 1, sizeof(int64_t)) &&
         EB_HOLDS(operand_bytes[3], p->boxes, sizeof(uint32_t));
}

typedef struct {
  float top, left, bottom, right;
} corners;

static corners corners_of(const eb_non_max_suppression_params *p, const float *box) {
  if (p->is_centered) {
    return (corners){box[1] - box[3] / 2, box[0] - box[2] / 2, box[1] + box[3] / 2, box[0] + box[2] / 2};
  }
  return (corners){box[0] < box[2] ? box[0] : box[2], box[1] < box[3] ? box[1] : box[3],
                   box[0] < box[2] ? box[2] : box[0], box[1] < box[3] ? box[3] : box[1]};
}

// Intersection over union.
static float overlap(corners a, corners b) {
  const float top = a.top > b.top ? a.top : b.top, left = a.left > b.left ? a.left : b.left;
  const float bottom = a.bottom < b.bottom ? a.bottom : b.bottom, right = a.right < b.right ? a.right : b.right;
  if (bottom <= top || right <= left) return 0;
  const float both = (bottom - top) * (right - left);
  const float all = (a.bottom - a.top) * (a.right - a.left) + (b.bottom - b.top) * (b.right - b.left) - both;
  return all > 0 ? both / all : 0;
}

// Whether box a comes before box b: by its score, then by its number.
static bool precedes(const float *scores, uint32_t a, uint32_t b) {
  return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
}

// Heap sort: no recursion, and never worse than n log n.
static void sift(const float *scores, uint32_t *order, uint32_t root, uint32_t count) {
  for (;;) {
    uint32_t child = 2 * root + 1;
    if (child >= count) return;
    if (child + 1 < count && precedes(scores, order[child], order[child + 1])) child++;
    if (!precedes(scores, order[root], order[child])) return;
    const uint32_t swap = order[root];
    order[root] = order[child];
    order[child] = swap;
    root = child;
  }
}

static void sort(const float *scores, uint32_t *order, uint32_t count) {
  for (uint32_t i = count / 2; i-- > 0;) sift(scores, order, i, count);
  for (uint32_t end = count; end > 1; end--) {
    const uint32_t swap = order[0];
    order[0] = order[end - 1];
    order[end - 1] = swap;
    sift(scores, order, 0, end - 1);
  }
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_non_max_suppression_params *p = untyped;
  int64_t *out = operands[2];
  uint32_t *order = operands[3];
  uint64_t used = 0;
  for (uint32_t n = 0; n < p->batch; n++) {
    const float *boxes = (const float *)operands[0] + (size_t)n * p->boxes * 4;
    for (uint32_t c = 0; c < p->classes; c++) {
      const float *scores = (const float *)operands[1] + ((size_t)n * p->classes + c) * p->boxes;
      uint32_t count = 0;
      for (uint32_t b = 0; b < p->boxes; b++) {
        if (p->has_score_threshold ? scores[b] > p->score_threshold : scores[b] == scores[b]) order[count++] = b;
      }
      sort(scores, order, count);
      const uint64_t first = used;
      for (uint32_t i = 0; i < count && used - first < p->most_a_class && used < p->capacity; i++) {
        const corners box = corners_of(p, boxes + (size_t)order[i] * 4);
        bool is_kept = true;
        for (uint64_t k = first; k < used && is_kept; k++) {
          is_kept = overlap(box, corners_of(p, boxes + (size_t)out[3 * k + 2] * 4)) <= p->overlap_threshold;
        }
        if (!is_kept) continue;
        out[3 * used] = n;
        out[3 * used + 1] = c;
        out[3 * used + 2] = order[i];
        used++;
      }
    }
  }
  for (uint64_t i = 3 * used; i < 3 * (uint64_t)p->capacity; i++) out[i] = -1;
  out[3 * (uint64_t)p->capacity] = (int64_t)used;
}

const eb_operator eb_non_max_suppression = {.name = "non_max_suppression",
                                            .params_bytes = sizeof(eb_non_max_suppression_params),
                                            .accepts = accepts,
                                            .run = run};
