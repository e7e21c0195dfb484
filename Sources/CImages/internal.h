#ifndef EB_IMAGES_INTERNAL_H
#define EB_IMAGES_INTERNAL_H

#include "eb_images.h"

enum eb_image_status eb_png_measure(const uint8_t *bytes, size_t count, eb_image_size *size);
enum eb_image_status eb_png_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                   uint8_t *pixels);
enum eb_image_status eb_jpeg_measure(const uint8_t *bytes, size_t count, eb_image_size *size);
enum eb_image_status eb_jpeg_decode(const uint8_t *bytes, size_t count, eb_image_size size, uint32_t channels,
                                    uint8_t *pixels);

#endif
