#include "qs8-dwconv.h"

static void pack(const eb_qs8_dwconv *d, int32_t in_zero_point, const int8_t *weights, const int32_t *bias,
                 const float *real_bias, const float *scales, void *packed) {
  const uint64_t block = d->layout.block_channels, out_channels = d->channels / d->repeat;
  const uint32_t input_offset = (uint32_t)eb_qs8_dwconv_implementation_for(d->isa)->input_offset;
  uint8_t *bytes = packed;
  memset(bytes, 0, d->packed_bytes);
  int32_t *packed_bias = (int32_t *)(void *)(bytes + d->bias_offset);
  float *packed_scales = (float *)(void *)(bytes + d->scales_offset);
  float *packed_real_bias = d->is_dynamic ? (float *)(void *)(bytes + d->real_bias_offset) : NULL;
  for (uint64_t b = 0; b < d->blocks; b++) {
    int8_t *block_weights = (int8_t *)bytes + b * d->block_bytes;
    for (uint64_t place = 0; place < block; place++) {
      const uint64_t channel = b * block + eb_qs8_dwconv_channel(&d->layout, place);
      if (channel >= d->channels) continue;
      const uint64_t c = channel % out_channels, at = b * block + place;
      uint32_t sum = 0;
      for (uint64_t slot = 0; slot < d->tap_groups * d->layout.tap_group; slot++) {
        const uint64_t tap = eb_qs8_dwconv_tap(d, slot);
        if (tap >= d->taps) continue;
        const int8_t weight = weights[tap * out_channels + c];
        const uint64_t group = slot / d->layout.tap_group, within = slot % d->layout.tap_group;
        block_weights[(group * block + place) * d->layout.tap_group + within] = weight;
        sum += (uint32_t)weight;
      }
      if (d->is_dynamic) {
        packed_bias[at] = (int32_t)sum;
        packed_real_bias[at] = real_bias == NULL ? 0 : real_bias[c];
      } else {
        const uint32_t start = bias == NULL ? 0 : (uint32_t)bias[c];
        packed_bias[at] = (int32_t)(start - ((uint32_t)in_zero_point + input_offset) * sum);
      }
      packed_scales[at] = scales[c];
    }
  }
}

void eb_qs8_dwconv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const int32_t *bias,
                          const float *scales, void *packed) {
  eb_qs8_dwconv d;
  if (eb_qs8_dwconv_plan(params, false, &d)) pack(&d, params->in_zero_point, weights, bias, NULL, scales, packed);
}

void eb_qd8_dwconv2d_pack(const eb_conv2d_params *params, const int8_t *weights, const float *bias, const float *scales,
                          void *packed) {
  eb_qs8_dwconv d;
  if (eb_qs8_dwconv_plan(params, true, &d)) pack(&d, 0, weights, NULL, bias, scales, packed);
}
