// What a benchmark runs: one operator with its parameters and operands, and what one run of it costs.
#ifndef EDGEBENCH_MICROBENCH_WORKLOAD_H
#define EDGEBENCH_MICROBENCH_WORKLOAD_H

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eb_operators.h"
#include "eb_pack.h"

// Which of the processor's peaks an operator is held against; `none` has bytes only.
enum class Arithmetic { none, f32, int8 };

class Workload {
 public:
  template <typename Params>
  Workload(uint32_t op, const Params &params)
      : operator_(eb_operator_for(op)),
        params_(reinterpret_cast<const unsigned char *>(&params),
                reinterpret_cast<const unsigned char *>(&params) + sizeof params) {}

  // Operands, in the operator's order. Values are drawn from a fixed seed: floats in [-1, 1), int8 steps in
  // [-128, 127], 32- and 64-bit integers in 1 ... 100, flags 0 or 1.
  float *add_f32(size_t count);
  int8_t *add_i8(size_t count);
  void add_i32(size_t count);
  void add_i64(size_t count);
  void add_flags(size_t count);
  // Memory that the caller or the operator fills.
  void *add_bytes(size_t bytes);
  // As `add_bytes`, but does not count as traffic: it is written and read back within a run.
  void *add_scratch(size_t bytes);
  // Bytes of scratch that are read or written after all.
  void add_traffic(size_t bytes) { bytes_ += static_cast<double>(bytes); }

  // Multiplications and additions of one run; a multiply-add is two.
  void set_operations(double operations) { operations_ = operations; }
  double operations() const { return operations_; }
  // Every operand once, in bytes: the least that a run has to read and write.
  double bytes() const { return bytes_; }

  // Whether the operator takes these parameters and operands; prepares the workspace.
  bool prepare();
  void run() const { operator_->run(params_.data(), operands_.data(), &context_); }

 private:
  struct Buffer {
    std::unique_ptr<void, void (*)(void *)> memory;
    size_t bytes;
  };

  const eb_operator *operator_;
  std::vector<unsigned char> params_;
  std::vector<Buffer> buffers_;
  std::vector<void *> operands_;
  eb_context context_ = {1, nullptr};
  double operations_ = 0, bytes_ = 0;
};

// One line of the suite: an operator at a shape, made for an instruction set when its turn comes.
struct Entry {
  uint32_t op;
  std::string shape;  // "resnet18-56x56x64"
  Arithmetic arithmetic;
  bool has_isa_kernels;  // false: one version for every processor
  std::function<Workload(enum eb_isa)> make;
};
using Suite = std::vector<Entry>;

// Parts of the suite, by operator family.
void add_convolutions(Suite &suite);
void add_products(Suite &suite);
void add_sparse_layers(Suite &suite);
void add_pools(Suite &suite);
void add_element_wise(Suite &suite);
void add_rows(Suite &suite);
void add_data_movement(Suite &suite);
void add_sequences(Suite &suite);
void add_sampling(Suite &suite);
void add_any_type(Suite &suite);

#endif
