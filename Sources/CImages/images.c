#include <string.h>

#include "internal.h"

static int is_png(const uint8_t *bytes, size_t count) {
  return count >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}
static int is_jpeg(const uint8_t *bytes, size_t count) { return count >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0; }

enum eb_image_status eb_image_measure(const uint8_t *bytes, size_t count, eb_image_size *size) {
  if (is_png(bytes, count)) return eb_png_measure(bytes, count, size);
  if (is_jpeg(bytes, count)) return eb_jpeg_measure(bytes, count, size);
  return EB_IMAGE_UNKNOWN;
}

enum eb_image_status eb_image_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                     uint8_t *pixels) {
  if (is_png(bytes, count)) return eb_png_decode(bytes, count, size, channels, pixels);
  if (is_jpeg(bytes, count)) return eb_jpeg_decode(bytes, count, size, channels, pixels);
  return EB_IMAGE_UNKNOWN;
}
