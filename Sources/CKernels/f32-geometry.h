// What f32 convolutions of all kinds ask of their parameters, which come from outside.
#ifndef EB_F32_GEOMETRY_H
#define EB_F32_GEOMETRY_H

#include <stdbool.h>

#include "eb_operators.h"
#include "f32-axis.h"

// Whether no size is zero, the groups divide the channels, and windows are small enough that positions in 64
// bits cannot overflow.
bool eb_f32_conv2d_is_sane(const eb_conv2d_params *params);

// Whether the operands hold the input, `packed_bytes` of weights and the output.
bool eb_f32_conv2d_fits(const eb_conv2d_params *params, uint64_t packed_bytes, const size_t *operand_bytes,
                        size_t operand_count);

eb_f32_axis eb_f32_conv2d_y(const eb_conv2d_params *params);
eb_f32_axis eb_f32_conv2d_x(const eb_conv2d_params *params);

#endif
