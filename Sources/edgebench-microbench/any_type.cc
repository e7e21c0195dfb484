// Operators that take any element type, one element at a time: no board's latency depends on them, but a change that
// makes one a hundred times slower should show.
#include "workload.h"

namespace {

constexpr size_t residual = 56 * 56 * 64;
const char *const residual_name = "resnet18-56x56x64";

Workload make_math(uint32_t kind) {
  eb_math_params params = {};
  params.count = residual;
  params.kind = kind;
  params.type = EB_F32;
  params.p0 = 1;
  Workload workload(EB_OP_MATH, params);
  workload.add_f32(residual);
  workload.add_bytes(residual * sizeof(float));
  return workload;
}

Workload make_binary() {
  eb_binary_any_params params = {};
  params.kind = EB_BINARY_ARC_TANGENT;
  params.rank = 1;
  params.shape[0] = residual;
  params.a_strides[0] = params.b_strides[0] = 1;
  params.type = EB_F32;
  Workload workload(EB_OP_BINARY_ANY, params);
  workload.add_f32(residual);
  workload.add_f32(residual);
  workload.add_bytes(residual * sizeof(float));
  return workload;
}

Workload make_reduction() {
  eb_reduce_any_params params = {};
  params.kind = EB_REDUCE_SUM;
  params.rank = 2;
  params.shape[0] = 1536;
  params.shape[1] = 128;
  params.axes = 2;
  params.type = EB_I64;
  Workload workload(EB_OP_REDUCE_ANY, params);
  workload.add_i64(1536 * 128);
  workload.add_bytes(1536 * sizeof(int64_t));
  return workload;
}

Workload make_cumulative() {
  eb_cumulative_params params = {};
  params.outer = 1536;
  params.count = 128;
  params.inner = 1;
  params.type = EB_F32;
  Workload workload(EB_OP_CUMULATIVE, params);
  workload.add_f32(1536 * 128);
  workload.add_bytes(1536 * 128 * sizeof(float));
  return workload;
}

Workload make_top_indices() {
  eb_top_indices_params params = {};
  params.outer = params.inner = 1;
  params.count = 1000;
  params.chosen = 5;
  params.type = EB_F32;
  params.is_largest = 1;
  Workload workload(EB_OP_TOP_INDICES, params);
  workload.add_f32(1000);
  workload.add_bytes(5 * sizeof(int32_t));
  return workload;
}

Workload make_gather_elements() {
  eb_gather_elements_params params = {};
  params.rank = 2;
  params.axis = 1;
  params.in_shape[0] = params.index_shape[0] = 1536;
  params.in_shape[1] = params.index_shape[1] = 128;
  params.element_bytes = 4;
  params.index_type = EB_I32;
  Workload workload(EB_OP_GATHER_ELEMENTS, params);
  workload.add_f32(1536 * 128);
  workload.add_i32(1536 * 128);
  workload.add_bytes(1536 * 128 * sizeof(float));
  return workload;
}

Workload make_gather_nd() {
  eb_gather_nd_params params = {};
  params.batch = 1;
  params.tuples = 1024;
  params.slice_bytes = 64 * sizeof(float);
  params.depth = 2;
  params.index_type = EB_I32;
  params.in_shape[0] = params.in_shape[1] = 101;  // indices are up to 100
  Workload workload(EB_OP_GATHER_ND, params);
  workload.add_scratch(101 * 101 * params.slice_bytes);
  workload.add_traffic(params.tuples * params.slice_bytes);
  workload.add_i32(params.tuples * 2);
  workload.add_bytes(params.tuples * params.slice_bytes);
  return workload;
}

Workload make_scatter_elements() {
  eb_scatter_elements_params params = {};
  params.rank = 2;
  params.axis = 1;
  params.in_shape[0] = params.index_shape[0] = 1536;
  params.in_shape[1] = params.index_shape[1] = 128;
  params.type = EB_F32;
  params.index_type = EB_I32;
  params.kind = EB_SCATTER_ADD;
  Workload workload(EB_OP_SCATTER_ELEMENTS, params);
  workload.add_f32(1536 * 128);
  workload.add_i32(1536 * 128);
  workload.add_f32(1536 * 128);
  workload.add_bytes(1536 * 128 * sizeof(float));
  return workload;
}

Workload make_scatter_nd() {
  eb_scatter_nd_params params = {};
  params.tuples = 1024;
  params.slice = 64;
  params.depth = 1;
  params.index_type = EB_I32;
  params.in_shape[0] = 1536;
  params.type = EB_F32;
  params.kind = EB_SCATTER_SET;
  Workload workload(EB_OP_SCATTER_ND, params);
  workload.add_f32(1536 * 64);
  workload.add_i32(params.tuples);
  workload.add_f32(params.tuples * 64);
  workload.add_bytes(1536 * 64 * sizeof(float));
  return workload;
}

Workload make_reverse_sequence() {
  eb_reverse_sequence_params params = {};
  params.outer = params.middle = 1;
  params.first = 8;
  params.second = 128;
  params.inner_bytes = 64 * sizeof(float);
  params.batch_is_first = 1;
  params.index_type = EB_I32;
  Workload workload(EB_OP_REVERSE_SEQUENCE, params);
  workload.add_f32(8 * 128 * 64);
  workload.add_i32(8);
  workload.add_bytes(8 * 128 * 64 * sizeof(float));
  return workload;
}

Workload make_determinant() {
  eb_determinant_params params = {};
  params.batch = 256;
  params.size = 4;
  Workload workload(EB_OP_DETERMINANT_F32, params);
  workload.add_f32(256 * 16);
  workload.add_bytes(256 * sizeof(float));
  return workload;
}

}  // namespace

void add_any_type(Suite &suite) {
  const auto add = [&](uint32_t op, const char *shape, std::function<Workload()> make) {
    suite.push_back({op, shape, Arithmetic::none, false, [=](enum eb_isa) { return make(); }});
  };
  const std::string tangent = std::string("atan-") + residual_name, mish = std::string("mish-") + residual_name;
  add(EB_OP_MATH, tangent.c_str(), [] { return make_math(EB_MATH_ATAN); });
  add(EB_OP_MATH, mish.c_str(), [] { return make_math(EB_MATH_MISH); });
  add(EB_OP_BINARY_ANY, residual_name, make_binary);
  add(EB_OP_REDUCE_ANY, "sum-i64-rows-1536x128", make_reduction);
  add(EB_OP_CUMULATIVE, "sum-rows-1536x128", make_cumulative);
  add(EB_OP_TOP_INDICES, "5-of-1000", make_top_indices);
  add(EB_OP_GATHER_ELEMENTS, "rows-1536x128", make_gather_elements);
  add(EB_OP_GATHER_ND, "1024-of-101x101x64", make_gather_nd);
  add(EB_OP_SCATTER_ELEMENTS, "add-rows-1536x128", make_scatter_elements);
  add(EB_OP_SCATTER_ND, "1024-of-1536x64", make_scatter_nd);
  add(EB_OP_REVERSE_SEQUENCE, "8x128x64", make_reverse_sequence);
  add(EB_OP_DETERMINANT_F32, "256x4x4", make_determinant);
}
