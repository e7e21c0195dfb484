// Bilinear interpolation as TensorFlow Lite's RESIZE_BILINEAR. Part of vector-body.h.

static void EB_KERNEL(resize_bilinear_f32)(const eb_resize_params *p, size_t first, size_t end, const float *in,
                                           float *out) {
  const size_t channels = p->channels;
  const size_t row = (size_t)p->in_width * channels;
  const size_t image = (size_t)p->in_height * row;
  out += first * p->out_width * channels;
  for (size_t r = first; r < end; r++) {
    const eb_resize_tap y = eb_resize_tap_at((uint32_t)(r % p->out_height), p->in_height, p->out_height, p);
    const float *from = in + r / p->out_height * image;
    const float *top = from + y.lower * row, *bottom = from + y.upper * row;
    for (uint32_t ox = 0; ox < p->out_width; ox++, out += channels) {
      const eb_resize_tap x = eb_resize_tap_at(ox, p->in_width, p->out_width, p);
      const float *top_left = top + x.lower * channels, *top_right = top + x.upper * channels;
      const float *bottom_left = bottom + x.lower * channels, *bottom_right = bottom + x.upper * channels;
      EB_VECTORIZE
      for (size_t c = 0; c < channels; c++) {
        out[c] = top_left[c] * (1 - y.fraction) * (1 - x.fraction) + bottom_left[c] * y.fraction * (1 - x.fraction) +
                 top_right[c] * (1 - y.fraction) * x.fraction + bottom_right[c] * y.fraction * x.fraction;
      }
    }
  }
}
