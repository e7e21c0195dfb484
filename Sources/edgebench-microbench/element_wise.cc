// Element-wise operators, at the residual additions of ResNet-18 (56 x 56 x 64) and where the operands come from
// memory.
#include <initializer_list>

#include "workload.h"

namespace {

constexpr size_t residual = 56 * 56 * 64;
constexpr size_t large = 8 * 1024 * 1024;
const char *const residual_name = "resnet18-56x56x64";
const char *const large_name = "large-8Mi";

using Fill = std::function<void(Workload &, size_t)>;
const Fill fill_f32 = [](Workload &workload, size_t count) { workload.add_f32(count); };
const Fill fill_i8 = [](Workload &workload, size_t count) { workload.add_i8(count); };
const Fill fill_i32 = [](Workload &workload, size_t count) { workload.add_i32(count); };
const Fill fill_i64 = [](Workload &workload, size_t count) { workload.add_i64(count); };
const Fill fill_flags = [](Workload &workload, size_t count) { workload.add_flags(count); };

// Of equal shapes, or (`per_channel`) with the second operand repeated for each pixel.
Workload make_binary(uint32_t op, uint32_t kind, size_t count, bool per_channel, const Fill &fill, size_t out_bytes) {
  eb_binary_params params = {};
  params.kind = kind;
  params.rank = per_channel ? 2 : 1;
  params.shape[0] = per_channel ? count / 64 : count;
  params.a_strides[0] = per_channel ? 64 : 1;
  params.b_strides[0] = per_channel ? 0 : 1;
  params.shape[1] = 64;
  params.a_strides[1] = params.b_strides[1] = 1;
  params.min = -1e9f;
  params.max = 1e9f;
  params.a_scale = params.b_scale = 0.01f;
  params.out_scale = 0.02f;
  params.a_zero_point = -3;
  params.b_zero_point = 4;
  params.out_min = -128;
  params.out_max = 127;
  Workload workload(op, params);
  fill(workload, count);
  fill(workload, per_channel ? 64 : count);
  workload.add_bytes(count * out_bytes);
  return workload;
}

void add_binary(Suite &suite, uint32_t op, uint32_t kind, const std::string &name, size_t count, const Fill &fill,
                size_t out_bytes, bool has_isa_kernels, bool per_channel = false) {
  suite.push_back({op, name, Arithmetic::none, has_isa_kernels,
                   [=](enum eb_isa) { return make_binary(op, kind, count, per_channel, fill, out_bytes); }});
}

Workload make_unary(uint32_t kind, size_t count) {
  eb_unary_params params = {};
  params.count = count;
  params.kind = kind;
  params.p0 = 0;
  params.p1 = 6;
  Workload workload(EB_OP_UNARY_F32, params);
  workload.add_f32(count);
  workload.add_bytes(count * sizeof(float));
  return workload;
}

Workload make_lut() {
  eb_count_params params = {};
  params.count = residual;
  Workload workload(EB_OP_LUT_X8, params);
  workload.add_i8(residual);
  workload.add_i8(256);
  workload.add_bytes(residual);
  return workload;
}

Workload make_select(uint32_t op, size_t element_bytes) {
  eb_select_params params = {};
  params.rank = 1;
  params.shape[0] = residual;
  params.condition_strides[0] = params.a_strides[0] = params.b_strides[0] = 1;
  Workload workload(op, params);
  workload.add_flags(residual);
  workload.add_i8(residual * element_bytes);
  workload.add_i8(residual * element_bytes);
  workload.add_bytes(residual * element_bytes);
  return workload;
}

Workload make_convert(uint32_t from, uint32_t to, size_t count) {
  const auto size = [](uint32_t type) -> size_t { return type == EB_I8 ? 1 : type == EB_F16 ? 2 : 4; };
  eb_convert_params params = {};
  params.outer = count;
  params.channels = params.inner = 1;
  params.from = from;
  params.to = to;
  params.from_scale = from == EB_I8 ? 0.01f : 0;
  params.to_scale = to == EB_I8 ? 0.02f : 0;
  params.from_zero_point = from == EB_I8 ? -3 : 0;
  Workload workload(EB_OP_CONVERT, params);
  if (from == EB_F32) {
    workload.add_f32(count);
  } else if (from == EB_I8) {
    workload.add_i8(count);
  } else {
    workload.add_bytes(count * size(from));
  }
  workload.add_bytes(count * size(to));
  return workload;
}

}  // namespace

void add_element_wise(Suite &suite) {
  const std::string r = residual_name;
  add_binary(suite, EB_OP_BINARY_F32, EB_BINARY_ADD, "add-" + r, residual, fill_f32, 4, true);
  add_binary(suite, EB_OP_BINARY_F32, EB_BINARY_ADD, std::string("add-") + large_name, large, fill_f32, 4, true);
  add_binary(suite, EB_OP_BINARY_F32, EB_BINARY_MULTIPLY, "multiply-channel-" + r, residual, fill_f32, 4, true, true);
  add_binary(suite, EB_OP_BINARY_QS8, EB_BINARY_ADD, "add-" + r, residual, fill_i8, 1, true);
  add_binary(suite, EB_OP_BINARY_QS8, EB_BINARY_ADD, std::string("add-") + large_name, large, fill_i8, 1, true);
  add_binary(suite, EB_OP_BINARY_QS8, EB_BINARY_MULTIPLY, "multiply-" + r, residual, fill_i8, 1, true);
  add_binary(suite, EB_OP_BINARY_I32, EB_BINARY_ADD, "add-" + r, residual, fill_i32, 4, false);
  add_binary(suite, EB_OP_BINARY_I64, EB_BINARY_ADD, "add-" + r, residual, fill_i64, 8, false);
  add_binary(suite, EB_OP_COMPARE_F32, EB_BINARY_LESS, "less-" + r, residual, fill_f32, 1, false);
  add_binary(suite, EB_OP_COMPARE_I32, EB_BINARY_LESS, "less-" + r, residual, fill_i32, 1, false);
  add_binary(suite, EB_OP_COMPARE_I64, EB_BINARY_LESS, "less-" + r, residual, fill_i64, 1, false);
  add_binary(suite, EB_OP_LOGICAL_X8, EB_BINARY_LOGICAL_AND, "and-" + r, residual, fill_flags, 1, false);

  const struct {
    const char *name;
    uint32_t kind;
  } unaries[] = {{"clamp-", EB_UNARY_CLAMP}, {"sigmoid-", EB_UNARY_SIGMOID},
                 {"tanh-", EB_UNARY_TANH},   {"hard-swish-", EB_UNARY_HARD_SWISH},
                 {"gelu-", EB_UNARY_GELU},   {"exp-", EB_UNARY_EXP},
                 {"sqrt-", EB_UNARY_SQRT}};
  for (const auto &unary : unaries) {
    const uint32_t kind = unary.kind;
    suite.push_back({EB_OP_UNARY_F32, unary.name + r, Arithmetic::none, true,
                     [=](enum eb_isa) { return make_unary(kind, residual); }});
  }
  suite.push_back({EB_OP_UNARY_F32, std::string("clamp-") + large_name, Arithmetic::none, true,
                   [](enum eb_isa) { return make_unary(EB_UNARY_CLAMP, large); }});
  suite.push_back({EB_OP_LUT_X8, r, Arithmetic::none, false, [](enum eb_isa) { return make_lut(); }});
  for (uint32_t op : {EB_OP_SELECT_X32, EB_OP_SELECT_X8}) {
    suite.push_back(
        {op, r, Arithmetic::none, false, [=](enum eb_isa) { return make_select(op, op == EB_OP_SELECT_X32 ? 4 : 1); }});
  }
  const struct {
    const char *name;
    uint32_t from, to;
  } conversions[] = {{"quantize-", EB_F32, EB_I8},
                     {"dequantize-", EB_I8, EB_F32},
                     {"requantize-", EB_I8, EB_I8},
                     {"f32-to-f16-", EB_F32, EB_F16},
                     {"f16-to-f32-", EB_F16, EB_F32}};
  for (const auto &conversion : conversions) {
    const uint32_t from = conversion.from, to = conversion.to;
    suite.push_back({EB_OP_CONVERT, conversion.name + r, Arithmetic::none, true,
                     [=](enum eb_isa) { return make_convert(from, to, residual); }});
  }
}
