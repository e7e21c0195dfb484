// edgebench-microbench: every operator on every instruction set that this processor has, at layers of real networks.
//
// One thread. Rates are per second of the thread's CPU time. "peak%" is the share of the measured multiply-add peak,
// "read%" the share of the measured read bandwidth of a buffer as large as the operands; an operator
// is limited by the one that is higher. Convolutions count the multiplications of the direct form, without those with
// padding, so that an algorithm that saves some (Winograd) may pass 100 %.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include "break_even.h"
#include "peaks.h"

namespace {

struct Limits {
  ReadBandwidth bandwidth = measured_read_bandwidth();
  std::map<std::pair<Arithmetic, enum eb_isa>, double> peaks;
};

bool failed = false;

void run(benchmark::State &state, const Entry &entry, enum eb_isa isa, const Limits &limits) {
  eb_isa_select(isa);
  Workload workload = entry.make(isa);
  if (!workload.prepare()) {
    failed = true;
    state.SkipWithError("the operator refuses these parameters and operands; see its 'accepts'");
    return;
  }
  workload.run();  // the first run brings memory and code in
  const double start = thread_seconds();
  for (auto _ : state) workload.run();
  const double runs = static_cast<double>(state.iterations()) / (thread_seconds() - start);  // per second

  using benchmark::Counter;
  const double bandwidth = bandwidth_at(limits.bandwidth, static_cast<size_t>(workload.bytes()));
  state.counters["bytes/s"] = Counter(workload.bytes() * runs);
  state.counters["read%"] = Counter(100 * workload.bytes() * runs / bandwidth);
  if (workload.operations() == 0) return;
  const double operations = workload.operations() * runs;
  state.counters[entry.arithmetic == Arithmetic::f32 ? "FLOP/s" : "OP/s"] = Counter(operations);
  const auto peak = limits.peaks.find({entry.arithmetic, isa});
  if (peak != limits.peaks.end()) state.counters["peak%"] = Counter(100 * operations / peak->second);
}

// The instruction sets to measure, the scalar reference first.
std::vector<enum eb_isa> supported_isas() {
  std::vector<enum eb_isa> isas;
  for (int isa = 0; isa <= EB_ISA_ARMV7_NEON; isa++) {
    const auto candidate = static_cast<enum eb_isa>(isa);
    if (eb_isa_name(candidate) != nullptr && eb_isa_is_supported(candidate)) isas.push_back(candidate);
  }
  return isas;
}

// Instruction sets that add nothing but integer products share the other operators' kernels with the set below.
bool is_for_int8_products(enum eb_isa isa) {
  return isa == EB_ISA_AVX512VNNI || isa == EB_ISA_NEON_DOT || isa == EB_ISA_NEON_FP16_DOT || isa == EB_ISA_NEON_I8MM;
}

void register_all(const Suite &suite, const Limits &limits) {
  const std::vector<enum eb_isa> isas = supported_isas();
  for (const Entry &entry : suite) {
    for (enum eb_isa isa : isas) {
      if (entry.arithmetic != Arithmetic::int8 && is_for_int8_products(isa)) continue;
      if (!entry.has_isa_kernels && isa != EB_ISA_SCALAR) continue;
      const char *isa_name = entry.has_isa_kernels ? eb_isa_name(isa) : "any";
      const std::string name = std::string(eb_operator_for(entry.op)->name) + "/" + isa_name + "/" + entry.shape;
      benchmark::RegisterBenchmark(name.c_str(),
                                   [&entry, &limits, isa](benchmark::State &state) { run(state, entry, isa, limits); });
    }
  }
}

// False, and a line each, for operators that the suite leaves out.
bool covers_every_operator(const Suite &suite) {
  std::set<uint32_t> covered;
  for (const Entry &entry : suite) covered.insert(entry.op);
  bool covers = true;
  for (uint32_t op = 0; op < 1024; op++) {
    if (eb_operator_for(op) == nullptr || covered.count(op) != 0) continue;
    std::fprintf(stderr, "edgebench-microbench: operator '%s' has no benchmark; add a shape to its family's file.\n",
                 eb_operator_for(op)->name);
    covers = false;
  }
  return covers;
}

std::string in_giga(double rate, const char *unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f G%s", rate / 1e9, unit);
  return text;
}

Limits measure_limits() {
  Limits limits;
  for (const auto &[size, rate] : limits.bandwidth) {
    char name[32];
    std::snprintf(name, sizeof name, "read %6zu KiB", size >> 10);
    benchmark::AddCustomContext(name, in_giga(rate, "B/s"));
  }
  for (enum eb_isa isa : supported_isas()) {
    for (Arithmetic arithmetic : {Arithmetic::f32, Arithmetic::int8}) {
      const double peak = measured_peak(arithmetic, isa);
      if (peak == 0) continue;
      limits.peaks[{arithmetic, isa}] = peak;
      const bool is_f32 = arithmetic == Arithmetic::f32;
      benchmark::AddCustomContext(std::string("peak ") + (is_f32 ? "f32 " : "int8 ") + eb_isa_name(isa),
                                  in_giga(peak, is_f32 ? "FLOP/s" : "OP/s"));
    }
  }
  return limits;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc == 2 && std::strcmp(argv[1], "--break-even") == 0) return print_break_even() ? 0 : 1;
  // First, so that a flag of the user's overrides it. 20 ms are hundreds of runs of most operators.
  char min_time[] = "--benchmark_min_time=0.02";
  std::vector<char *> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, min_time);
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;

  Suite suite;
  add_convolutions(suite);
  add_products(suite);
  add_sparse_layers(suite);
  add_pools(suite);
  add_element_wise(suite);
  add_rows(suite);
  add_data_movement(suite);
  add_sequences(suite);
  add_sampling(suite);
  add_any_type(suite);
  if (!covers_every_operator(suite)) return 1;

  const Limits limits = measure_limits();
  register_all(suite, limits);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed ? 1 : 0;
}
