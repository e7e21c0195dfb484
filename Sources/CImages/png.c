#include <png.h>
#include <string.h>

#include "internal.h"

static int begin(png_image *image, const uint8_t *bytes, size_t count) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  return png_image_begin_read_from_memory(image, bytes, count);
}

enum eb_image_status eb_png_measure(const uint8_t *bytes, size_t count, eb_image_size *size) {
  png_image image;
  int is_sound = begin(&image, bytes, count);
  *size = (eb_image_size){image.width, image.height};
  png_image_free(&image);
  return is_sound ? EB_IMAGE_DONE : EB_IMAGE_BROKEN;
}

enum eb_image_status eb_png_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                   uint8_t *pixels) {
  png_image image;
  if (!begin(&image, bytes, count)) {
    png_image_free(&image);
    return EB_IMAGE_BROKEN;
  }
  if (image.width != size.width || image.height != size.height) {
    png_image_free(&image);
    return EB_IMAGE_OTHER_SIZE;
  }
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  const png_color black = {0, 0, 0};
  int is_sound = png_image_finish_read(&image, &black, pixels, (png_int_32)(size.width * channels), NULL);
  png_image_free(&image);
  return is_sound ? EB_IMAGE_DONE : EB_IMAGE_BROKEN;
}
