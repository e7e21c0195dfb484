// PNG and JPEG files to 8-bit pixels, by libpng and libjpeg.
#ifndef EB_IMAGES_H
#define EB_IMAGES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum eb_image_status {
  EB_IMAGE_DONE = 0,
  EB_IMAGE_UNKNOWN,     // neither PNG nor JPEG by its first bytes
  EB_IMAGE_BROKEN,      // cut short, or not what its header says
  EB_IMAGE_OTHER_SIZE,  // not the size asked for
};

typedef struct {
  uint32_t width, height;
} eb_image_size;

// What the header says of a file of `count` bytes.
enum eb_image_status eb_image_measure(const uint8_t *bytes, size_t count, eb_image_size *size);

// Writes rows of `channels` (1: grey, 3: red, green, blue) bytes a pixel, height * width * channels in all. An image
// with an alpha channel is laid on black.
enum eb_image_status eb_image_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                     uint8_t *pixels);

#ifdef __cplusplus
}
#endif

#endif
