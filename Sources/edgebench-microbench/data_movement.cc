// Copies, fills, gathers, padding and resizing.
#include "workload.h"

namespace {

constexpr size_t mebibyte = 1024 * 1024;

Workload make_copy(size_t bytes) {
  eb_count_params params = {};
  params.count = bytes;
  Workload workload(EB_OP_COPY, params);
  workload.add_i8(bytes);
  workload.add_bytes(bytes);
  return workload;
}

Workload make_fill(size_t bytes) {
  eb_fill_params params = {};
  params.count = bytes / 4;
  params.element_bytes = 4;
  params.value = 0x3f800000;  // 1.0
  Workload workload(EB_OP_FILL, params);
  workload.add_bytes(bytes);
  return workload;
}

// Floats of `shape` into an output of `out_count` floats, at `out_strides`.
Workload make_copy_nd(const uint64_t (&shape)[3], const int64_t (&out_strides)[3], size_t out_count) {
  eb_copy_nd_params params = {};
  params.element_bytes = 4;
  params.rank = 3;
  size_t stride = 1;
  for (uint32_t i = 3; i-- > 0;) {
    params.shape[i] = shape[i];
    params.in_strides[i] = static_cast<int64_t>(stride);
    params.out_strides[i] = out_strides[i];
    stride *= shape[i];
  }
  Workload workload(EB_OP_COPY_ND, params);
  workload.add_f32(stride);
  workload.add_scratch(out_count * sizeof(float));
  workload.add_traffic(stride * sizeof(float));  // what the copy does not write is no traffic
  return workload;
}

Workload make_gather(uint64_t rows, uint64_t row_bytes, uint64_t indices) {
  eb_gather_params params = {};
  params.outer = 1;
  params.axis_size = rows;
  params.inner_bytes = row_bytes;
  params.index_count = indices;
  params.index_type = EB_I32;
  Workload workload(EB_OP_GATHER, params);
  workload.add_scratch(rows * row_bytes);
  workload.add_traffic(indices * row_bytes);  // of the table, only these rows
  workload.add_i32(indices);
  workload.add_bytes(indices * row_bytes);
  return workload;
}

Workload make_pad_mirror() {
  eb_pad_mirror_params params = {};
  params.mode = 1;
  params.element_bytes = 4;
  params.rank = 4;
  const uint64_t in_shape[] = {1, 56, 56, 64}, before[] = {0, 1, 1, 0}, out_shape[] = {1, 58, 58, 64};
  for (uint32_t i = 0; i < 4; i++) {
    params.in_shape[i] = in_shape[i];
    params.before[i] = before[i];
    params.out_shape[i] = out_shape[i];
  }
  Workload workload(EB_OP_PAD_MIRROR, params);
  workload.add_f32(56 * 56 * 64);
  workload.add_bytes(58 * 58 * 64 * sizeof(float));
  return workload;
}

Workload make_resize(uint32_t op, uint32_t element_bytes) {
  eb_resize_params params = {};
  params.batch = 1;
  params.in_height = params.in_width = 28;
  params.out_height = params.out_width = 56;
  params.channels = 64;
  params.half_pixel_centers = 1;
  params.element_bytes = element_bytes;
  Workload workload(op, params);
  const size_t ins = 28 * 28 * 64, outs = 56 * 56 * 64;
  element_bytes == 1 ? static_cast<void>(workload.add_i8(ins)) : static_cast<void>(workload.add_f32(ins));
  workload.add_bytes(outs * element_bytes);
  return workload;
}

}  // namespace

void add_data_movement(Suite &suite) {
  const auto add = [&](uint32_t op, const char *shape, std::function<Workload()> make, bool has_isa_kernels = false) {
    suite.push_back({op, shape, Arithmetic::none, has_isa_kernels, [=](enum eb_isa) { return make(); }});
  };
  add(EB_OP_COPY, "resnet18-56x56x64", [] { return make_copy(56 * 56 * 64 * 4); });
  add(EB_OP_COPY, "large-64MiB", [] { return make_copy(64 * mebibyte); });
  add(EB_OP_FILL, "resnet18-58x58x64", [] { return make_fill(58 * 58 * 64 * 4); });
  add(EB_OP_FILL, "large-64MiB", [] { return make_fill(64 * mebibyte); });
  add(EB_OP_COPY_ND, "concat-squeezenet-54x54x64-of-128", [] {
    return make_copy_nd({54, 54, 64}, {54 * 128, 128, 1}, 54 * 54 * 128);
  });
  add(EB_OP_COPY_ND, "transpose-nchw-to-nhwc-56x56x64", [] {
    return make_copy_nd({64, 56, 56}, {1, 56 * 64, 64}, 64 * 56 * 56);
  });
  add(EB_OP_GATHER, "embedding-128-of-30522x768", [] { return make_gather(30522, 768 * 4, 128); });
  add(EB_OP_PAD_MIRROR, "reflect-56x56x64", make_pad_mirror);
  add(
      EB_OP_RESIZE_BILINEAR_F32, "28x28x64-to-56x56", [] { return make_resize(EB_OP_RESIZE_BILINEAR_F32, 4); }, true);
  add(EB_OP_RESIZE_BILINEAR_QS8, "28x28x64-to-56x56", [] { return make_resize(EB_OP_RESIZE_BILINEAR_QS8, 1); });
  add(EB_OP_RESIZE_NEAREST, "28x28x64-to-56x56", [] { return make_resize(EB_OP_RESIZE_NEAREST, 4); });
}
