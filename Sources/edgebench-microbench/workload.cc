#include "workload.h"

#include <cstdlib>
#include <new>
#include <random>

namespace {

template <typename Element, typename Draw>
Element *filled(void *memory, size_t count, Draw draw) {
  std::minstd_rand generator(7);
  auto *elements = static_cast<Element *>(memory);
  for (size_t i = 0; i < count; i++) elements[i] = static_cast<Element>(draw(generator()));
  return elements;
}

}  // namespace

void *Workload::add_scratch(size_t bytes) {
  // Whole pages: no operand shares a cache line or a page's offset by chance of the allocator.
  const size_t page = 4096, size = (bytes + page) / page * page;
  void *memory = std::aligned_alloc(page, size);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, size);
  buffers_.push_back({{memory, std::free}, bytes});
  operands_.push_back(memory);
  return memory;
}

void *Workload::add_bytes(size_t bytes) {
  bytes_ += static_cast<double>(bytes);
  return add_scratch(bytes);
}

float *Workload::add_f32(size_t count) {
  return filled<float>(add_bytes(count * sizeof(float)), count,
                       [](unsigned random) { return static_cast<float>(random % 65536) / 32768.0f - 1.0f; });
}

int8_t *Workload::add_i8(size_t count) {
  return filled<int8_t>(add_bytes(count), count,
                        [](unsigned random) { return static_cast<int>(random >> 8 & 255) - 128; });
}

void Workload::add_i32(size_t count) {
  filled<int32_t>(add_bytes(count * sizeof(int32_t)), count, [](unsigned random) { return random % 100 + 1; });
}

void Workload::add_i64(size_t count) {
  filled<int64_t>(add_bytes(count * sizeof(int64_t)), count, [](unsigned random) { return random % 100 + 1; });
}

void Workload::add_flags(size_t count) {
  filled<uint8_t>(add_bytes(count), count, [](unsigned random) { return random >> 8 & 1; });
}

bool Workload::prepare() {
  std::vector<size_t> bytes;
  for (const Buffer &buffer : buffers_) bytes.push_back(buffer.bytes);
  if (operator_ == nullptr || params_.size() != operator_->params_bytes ||
      !operator_->accepts(params_.data(), bytes.data(), bytes.size())) {
    return false;
  }
  if (operator_->prepare != nullptr) operator_->prepare(params_.data(), operands_.data());
  return true;
}
