// Windows in up to three dimensions, sampling at computed places, detection and Fourier transforms: layers of video and
// detection networks, and the front end of a speech model.
#include "weights.h"

namespace {

// A 3x3x3 (or, `depth` 1, 3x3) window at stride 1 that keeps the image's extents.
eb_window same_window(uint32_t depth, uint32_t size, uint32_t channels) {
  eb_window window = {};
  window.batch = 1;
  window.channels = channels;
  for (uint32_t i = 0; i < EB_SPACE; i++) {
    const uint32_t extent = i == 0 ? depth : size;
    window.in[i] = window.out[i] = extent;
    window.window[i] = extent == 1 ? 1 : 3;
    window.stride[i] = window.dilation[i] = 1;
    window.pad_before[i] = window.pad_after[i] = extent == 1 ? 0 : 1;
  }
  return window;
}

size_t pixels_of(const eb_window &window) { return static_cast<size_t>(window.in[0]) * window.in[1] * window.in[2]; }

eb_conv_nd_params convolution_of(uint32_t depth, uint32_t size, uint32_t channels, enum eb_isa isa) {
  eb_conv_nd_params params = {};
  params.window = same_window(depth, size, channels);
  params.in_channels = params.out_channels = channels;
  params.groups = 1;
  params.isa = isa;
  params.max = 6;
  return params;
}

double operations_of(const eb_conv_nd_params &params) {
  const eb_window &w = params.window;
  const double taps = static_cast<double>(w.window[0]) * w.window[1] * w.window[2];
  return 2 * taps * static_cast<double>(pixels_of(w)) * params.in_channels * params.out_channels;
}

Workload make_convolution(uint32_t depth, uint32_t size, uint32_t channels, enum eb_isa isa) {
  const eb_conv_nd_params params = convolution_of(depth, size, channels, isa);
  const size_t elements = pixels_of(params.window) * channels;
  Workload workload(EB_OP_CONV_ND_F32, params);
  workload.add_f32(elements);
  workload.add_f32(eb_conv_nd_group_bytes(&params) / sizeof(float));
  workload.add_f32(channels);
  workload.add_bytes(elements * sizeof(float));
  workload.add_scratch(eb_conv_nd_scratch_bytes(&params));
  workload.set_operations(operations_of(params));
  return workload;
}

Workload make_deformable(uint32_t size, uint32_t channels, enum eb_isa isa) {
  eb_deform_conv_params params = {};
  params.conv = convolution_of(1, size, channels, isa);
  params.offset_groups = 1;
  const size_t pixels = pixels_of(params.conv.window);
  Workload workload(EB_OP_DEFORM_CONV_F32, params);
  workload.add_f32(pixels * channels);
  workload.add_f32(eb_conv_nd_group_bytes(&params.conv) / sizeof(float));
  workload.add_f32(pixels * 9 * 2);
  workload.add_bytes(pixels * channels * sizeof(float));
  workload.add_scratch(eb_conv_nd_scratch_bytes(&params.conv));
  workload.set_operations(operations_of(params.conv));
  return workload;
}

Workload make_window_reduction(uint32_t kind) {
  eb_window_reduce_params params = {};
  params.window = same_window(16, 28, 64);
  params.kind = kind;
  params.norm = 2;
  const size_t elements = pixels_of(params.window) * 64;
  Workload workload(EB_OP_WINDOW_REDUCE_F32, params);
  workload.add_f32(elements);
  workload.add_bytes(elements * sizeof(float));
  return workload;
}

Workload make_columns_to_image() {
  eb_col2im_params params = {};
  params.window = same_window(1, 56, 64);
  const size_t elements = pixels_of(params.window) * 64;
  Workload workload(EB_OP_COL2IM_F32, params);
  workload.add_f32(elements * 9);
  workload.add_bytes(elements * sizeof(float));
  return workload;
}

Workload make_grid_sampling(uint32_t method) {
  eb_grid_sample_params params = {};
  params.batch = 1;
  params.channels = 64;
  params.dimensions = 2;
  params.in[0] = 1;
  params.in[1] = params.in[2] = 56;
  params.points = 56 * 56;
  params.method = method;
  Workload workload(EB_OP_GRID_SAMPLE_F32, params);
  workload.add_f32(56 * 56 * 64);
  workload.add_f32(params.points * 2);
  workload.add_bytes(params.points * 64 * sizeof(float));
  return workload;
}

Workload make_region_alignment() {
  eb_roi_align_params params = {};
  params.batch = 1;
  params.height = params.width = 50;
  params.channels = 256;
  params.count = 64;
  params.out_height = params.out_width = 7;
  params.samples = 2;
  params.scale = 10;  // boxes of up to 20 pixels
  Workload workload(EB_OP_ROI_ALIGN_F32, params);
  workload.add_scratch(50 * 50 * 256 * sizeof(float));
  workload.add_f32(params.count * 4);
  workload.add_scratch(params.count * sizeof(int32_t));
  workload.add_bytes(params.count * 7 * 7 * 256 * sizeof(float));
  return workload;
}

// Cubic, to twice the size: the indices of its four taps are the generator's, and are clamped.
Workload make_resampling() {
  eb_resample_params params = {};
  params.outer = 28;
  params.in_count = 128;
  params.out_count = 256;
  params.inner = 64;
  params.taps = 4;
  Workload workload(EB_OP_RESAMPLE_F32, params);
  workload.add_f32(params.outer * params.in_count * params.inner);
  workload.add_i32(params.out_count * params.taps);
  workload.add_f32(params.out_count * params.taps);
  workload.add_bytes(params.outer * params.out_count * params.inner * sizeof(float));
  return workload;
}

Workload make_fourier(uint32_t length) {
  eb_fourier_params params = {};
  params.outer = 98;
  params.inner = 1;
  params.in_count = params.length = length;
  params.out_count = length / 2 + 1;
  params.in_parts = 1;
  params.out_parts = 2;
  params.scale = 1;
  Workload workload(EB_OP_FOURIER_F32, params);
  workload.add_f32(params.outer * length);
  workload.add_bytes(params.outer * params.out_count * 2 * sizeof(float));
  workload.add_scratch(eb_fourier_scratch_bytes(&params));
  return workload;
}

Workload make_suppression() {
  eb_non_max_suppression_params params = {};
  params.batch = 1;
  params.classes = 8;
  params.boxes = 1000;
  params.capacity = 800;
  params.most_a_class = 100;
  params.overlap_threshold = 0.5f;
  Workload workload(EB_OP_NON_MAX_SUPPRESSION, params);
  workload.add_f32(params.boxes * 4);
  workload.add_f32(params.boxes * params.classes);
  workload.add_bytes((3 * params.capacity + 1) * sizeof(int64_t));
  workload.add_scratch(params.boxes * sizeof(uint32_t));
  return workload;
}

Workload make_detection() {
  eb_detection_params params = {};
  params.boxes = 1917;  // SSD MobileNet
  params.classes = 90;
  params.score_columns = 91;
  params.detections = 10;
  params.classes_per_detection = 1;
  params.detections_per_class = 100;
  params.score_threshold = 0.9f;
  params.overlap_threshold = 0.6f;
  params.y_scale = params.x_scale = 10;
  params.height_scale = params.width_scale = 5;
  Workload workload(EB_OP_DETECTION_F32, params);
  workload.add_f32(params.boxes * 4);
  workload.add_f32(static_cast<size_t>(params.boxes) * params.score_columns);
  workload.add_scratch(params.boxes * sizeof(float));
  workload.add_f32(params.boxes * 4);
  workload.add_bytes((params.detections + 1) * 6 * sizeof(float));
  return workload;
}

}  // namespace

void add_sampling(Suite &suite) {
  const auto add = [&](uint32_t op, const char *shape, std::function<Workload()> make, bool has_isa_kernels = false) {
    suite.push_back({op, shape, Arithmetic::none, has_isa_kernels, [=](enum eb_isa) { return make(); }});
  };
  suite.push_back({EB_OP_CONV_ND_F32, "video-16x28x28x32", Arithmetic::f32, true,
                   [](enum eb_isa isa) { return make_convolution(16, 28, 32, isa); }});
  suite.push_back({EB_OP_DEFORM_CONV_F32, "detection-28x28x64", Arithmetic::f32, true,
                   [](enum eb_isa isa) { return make_deformable(28, 64, isa); }});
  add(EB_OP_WINDOW_REDUCE_F32, "max-video-16x28x28x64", [] { return make_window_reduction(EB_WINDOW_MAX); });
  add(EB_OP_WINDOW_REDUCE_F32, "average-video-16x28x28x64", [] { return make_window_reduction(EB_WINDOW_AVERAGE); });
  add(EB_OP_COL2IM_F32, "3x3-56x56x64", make_columns_to_image);
  add(EB_OP_GRID_SAMPLE_F32, "linear-56x56x64", [] { return make_grid_sampling(EB_GRID_LINEAR); });
  add(EB_OP_GRID_SAMPLE_F32, "cubic-56x56x64", [] { return make_grid_sampling(EB_GRID_CUBIC); });
  add(EB_OP_ROI_ALIGN_F32, "faster-rcnn-64x7x7x256", make_region_alignment);
  add(EB_OP_RESAMPLE_F32, "cubic-28x128x64-to-256", make_resampling, true);
  add(EB_OP_FOURIER_F32, "speech-98x512", [] { return make_fourier(512); });
  add(EB_OP_NON_MAX_SUPPRESSION, "8x1000-boxes", make_suppression);
  add(EB_OP_DETECTION_F32, "ssd-mobilenet-1917x90", make_detection);
}
