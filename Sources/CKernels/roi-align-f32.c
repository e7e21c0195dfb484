// Boxes of an image, each resampled to the same size.
//
// Source: He et al., arXiv:1703.06870, section 3, "RoIAlign".
#include <math.h>

#include "eb_operators.h"
#include "sizes.h"

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_roi_align_params *p = untyped;
  return operand_count == 4 && p->batch != 0 && p->height != 0 && p->width != 0 && p->height <= 1u << 24 &&
         p->width <= 1u << 24 && p->out_height != 0 && p->out_width != 0 && p->samples <= 1u << 12 &&
         EB_HOLDS(operand_bytes[0], p->batch, p->height, p->width, p->channels, sizeof(float)) &&
         EB_HOLDS(operand_bytes[1], p->count, 4, sizeof(float)) &&
         EB_HOLDS(operand_bytes[2], p->count, sizeof(int32_t)) &&
         EB_HOLDS(operand_bytes[3], p->count, p->out_height, p->out_width, p->channels, sizeof(float));
}

typedef struct {
  size_t pixel[4];
  float weight[4];
} sample;

// False where the place lies off the image by more than a pixel.
static bool sample_at(const eb_roi_align_params *p, float y, float x, sample *s) {
  if (!(y >= -1 && y <= (float)p->height && x >= -1 && x <= (float)p->width)) return false;
  y = y < 0 ? 0 : y;
  x = x < 0 ? 0 : x;
  size_t top = (size_t)y, left = (size_t)x, bottom = top + 1, right = left + 1;
  if (top >= p->height - 1) {
    top = bottom = p->height - 1;
    y = (float)top;
  }
  if (left >= p->width - 1) {
    left = right = p->width - 1;
    x = (float)left;
  }
  const float fy = y - (float)top, fx = x - (float)left;
  *s = (sample){{top * p->width + left, top * p->width + right, bottom * p->width + left, bottom * p->width + right},
                {(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx}};
  return true;
}

// How many samples a cell takes along an axis of an image of `size` pixels: a box may claim any extent.
static uint32_t samples_along(const eb_roi_align_params *p, float extent, uint32_t cells, uint32_t size) {
  if (p->samples != 0) return p->samples;
  const float count = ceilf(extent / (float)cells), most = 2 * (float)size;
  return count >= 1 ? (uint32_t)(count < most ? count : most) : 0;
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_roi_align_params *p = untyped;
  const float *boxes = operands[1];
  const int32_t *images = operands[2];
  float *out = operands[3];
  const float shift = p->has_half_pixel ? 0.5f : 0.0f;
  for (size_t r = 0; r < p->count; r++, boxes += 4) {
    const int64_t image = images[r] < 0 ? 0 : images[r] >= (int64_t)p->batch ? (int64_t)p->batch - 1 : images[r];
    const float *in = (const float *)operands[0] + (size_t)image * p->height * p->width * p->channels;
    const float x1 = boxes[0] * p->scale - shift, y1 = boxes[1] * p->scale - shift;
    float width = boxes[2] * p->scale - shift - x1, height = boxes[3] * p->scale - shift - y1;
    if (!p->has_half_pixel) {
      width = width < 1 ? 1 : width;
      height = height < 1 ? 1 : height;
    }
    const uint32_t rows = samples_along(p, height, p->out_height, p->height),
                   columns = samples_along(p, width, p->out_width, p->width);
    const float cell_height = height / (float)p->out_height, cell_width = width / (float)p->out_width;
    const float share = rows * columns == 0 ? 1.0f : 1.0f / (float)(rows * columns);
    for (size_t i = 0; i < p->out_height; i++) {
      for (size_t j = 0; j < p->out_width; j++, out += p->channels) {
        for (size_t c = 0; c < p->channels; c++) out[c] = 0;
        bool is_first = true;
        for (uint32_t a = 0; a < rows; a++) {
          const float y = y1 + cell_height * ((float)i + ((float)a + 0.5f) / (float)rows);
          for (uint32_t b = 0; b < columns; b++) {
            const float x = x1 + cell_width * ((float)j + ((float)b + 0.5f) / (float)columns);
            sample s;
            if (!sample_at(p, y, x, &s)) continue;
            for (size_t c = 0; c < p->channels; c++) {
              float parts[4];
              for (int k = 0; k < 4; k++) parts[k] = s.weight[k] * in[s.pixel[k] * p->channels + c];
              if (p->is_maximum) {
                // The largest of the weighted corners, as ONNX has it.
                for (int k = 0; k < 4; k++) {
                  if ((is_first && k == 0) || parts[k] > out[c]) out[c] = parts[k];
                }
              } else {
                out[c] += share * (parts[0] + parts[1] + parts[2] + parts[3]);
              }
            }
            is_first = false;
          }
        }
      }
    }
  }
}

const eb_operator eb_roi_align_f32 = {
    .name = "roi_align_f32", .params_bytes = sizeof(eb_roi_align_params), .accepts = accepts, .run = run};
