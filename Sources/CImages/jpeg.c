// jpeglib.h needs stdio's types first.
#include <stdio.h>
//
#include <jpeglib.h>
#include <setjmp.h>

#include "internal.h"

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
} errors;

static void escape(j_common_ptr common) { longjmp(((errors *)common->err)->escape, 1); }

// A warning is data that libjpeg made up for what was missing: the file is cut short or damaged.
static void warn(j_common_ptr common, int level) {
  if (level < 0) escape(common);
}

// Decodes the header, and the pixels where `pixels` is given.
static enum eb_image_status read_jpeg(const uint8_t *bytes, size_t count, eb_image_size *size, uint32_t channels,
                                      uint8_t *pixels) {
  struct jpeg_decompress_struct image;
  errors errors;
  image.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = escape;
  errors.base.emit_message = warn;
  if (setjmp(errors.escape) != 0) {
    jpeg_destroy_decompress(&image);
    return EB_IMAGE_BROKEN;
  }
  jpeg_create_decompress(&image);
  jpeg_mem_src(&image, bytes, (unsigned long)count);
  jpeg_read_header(&image, TRUE);
  if (pixels == NULL) {
    *size = (eb_image_size){image.image_width, image.image_height};
    jpeg_destroy_decompress(&image);
    return EB_IMAGE_DONE;
  }
  if (image.image_width != size->width || image.image_height != size->height) {
    jpeg_destroy_decompress(&image);
    return EB_IMAGE_OTHER_SIZE;
  }
  image.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&image);
  while (image.output_scanline < image.output_height) {
    JSAMPROW row = pixels + (size_t)image.output_scanline * size->width * channels;
    jpeg_read_scanlines(&image, &row, 1);
  }
  jpeg_finish_decompress(&image);
  jpeg_destroy_decompress(&image);
  return EB_IMAGE_DONE;
}

enum eb_image_status eb_jpeg_measure(const uint8_t *bytes, size_t count, eb_image_size *size) {
  return read_jpeg(bytes, count, size, 3, NULL);
}

enum eb_image_status eb_jpeg_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                    uint8_t *pixels) {
  return read_jpeg(bytes, count, &size, channels, pixels);
}
