// Where sparse products begin to pay: each kernel against the dense product of the same shape, in turn.
#include "break_even.h"

#include <time.h>

#include <algorithm>
#include <cstdio>

#include "sparse_layers.h"

namespace {

const SparseKernel kernels[] = {
    {"unstructured", EB_SPARSE_PIXELS, 1},        {"blocks of 4", EB_SPARSE_PIXELS, 4},
    {"unstructured, one row", EB_SPARSE_ROWS, 1}, {"blocks of 4, one row", EB_SPARSE_ROWS, 4},
    {"masked, one row", EB_SPARSE_MASKED, 0},
};

const LayerShape images[] = {
    {"25x5, 64 to 64", 125, 64, 64},      {"12x12, 32 to 64", 144, 64, 32},      {"14x14, 96 to 576", 196, 576, 96},
    {"28x28, 256 to 256", 784, 256, 256}, {"14x14, 512 to 512", 196, 512, 512},  {"14x14, 576 to 96", 196, 96, 576},
    {"128 x 768 to 768", 128, 768, 768},  {"7x7, 1024 to 1024", 49, 1024, 1024}, {"128 x 1024 to 32", 128, 32, 1024},
};
const LayerShape vectors[] = {
    {"256 to 256", 1, 256, 256},     {"512 to 1000", 1, 1000, 512},   {"1280 to 1000", 1, 1000, 1280},
    {"1024 to 4096", 1, 4096, 1024}, {"4096 to 4096", 1, 4096, 4096},
};

const double densities[] = {0.05, 0.1, 0.25, 0.5, 0.75, 1};
constexpr size_t density_count = sizeof densities / sizeof densities[0];

double now_ns() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// The least of several runs, each long enough for the clock; of this thread's time, which other processes disturb less.
double least_ns(const Workload &workload) {
  double least = 1e18;
  size_t repetitions = 1;
  for (int round = 0; round < 7; round++) {
    const double start = now_ns();
    for (size_t i = 0; i < repetitions; i++) workload.run();
    const double each = (now_ns() - start) / static_cast<double>(repetitions);
    least = std::min(least, each);
    repetitions = static_cast<size_t>(std::clamp(2e6 / each, 1.0, 1e5));
  }
  return least;
}

// Where the line through the measured points reaches the dense product's time; the highest density where none does.
double crossing(const double *gains) {
  if (gains[0] <= 1) return 0;
  for (size_t i = 1; i < density_count; i++) {
    if (gains[i] > 1) continue;
    const double before = 1 / gains[i - 1], after = 1 / gains[i];
    return densities[i - 1] + (densities[i] - densities[i - 1]) * (1 - before) / (after - before);
  }
  return 1;
}

bool print_line(const SparseKernel &kernel, const LayerShape &shape, enum eb_isa isa) {
  Workload dense = dense_layer(shape, isa);
  if (!dense.prepare()) return false;
  const double dense_ns = least_ns(dense);
  double gains[density_count];
  for (size_t i = 0; i < density_count; i++) {
    Workload sparse = sparse_layer(shape, kernel, densities[i], isa);
    if (!sparse.prepare()) return false;
    gains[i] = dense_ns / least_ns(sparse);
  }
  const double measured = crossing(gains), claimed = claimed_break_even(shape, kernel, isa);
  std::printf("| %s | %s | %s | %.1f us |", kernel.name, shape.name, eb_isa_name(isa), dense_ns / 1e3);
  for (size_t i = 1; i + 1 < density_count; i++) std::printf(" %.2f |", gains[i]);
  std::printf(" %.0f %% |", 100 * measured);
  claimed > 0 ? std::printf(" %.0f %% |\n", 100 * claimed) : std::printf(" - |\n");
  std::fflush(stdout);
  if (claimed <= measured) return true;
  std::fprintf(stderr,
               "edgebench-microbench: '%s' of %s on %s: f32-sparse-break-even.c says that it pays below a density of "
               "%.0f %%; measured %.0f %%.\n",
               kernel.name, shape.name, eb_isa_name(isa), 100 * claimed, 100 * measured);
  return false;
}

}  // namespace

bool print_break_even() {
  std::printf("| weights | shape | isa | dense | gain at 10 %% | 25 %% | 50 %% | 75 %% | break-even | used below |\n");
  std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
  bool holds = true;
  for (const SparseKernel &kernel : kernels) {
    const bool is_for_images = kernel.algorithm == EB_SPARSE_PIXELS;
    const LayerShape *first = is_for_images ? std::begin(images) : std::begin(vectors);
    const LayerShape *end = is_for_images ? std::end(images) : std::end(vectors);
    for (const LayerShape *shape = first; shape != end; shape++) {
      for (enum eb_isa isa : {EB_ISA_AVX2, EB_ISA_AVX512, EB_ISA_NEON}) {
        if (eb_isa_is_supported(isa)) holds &= print_line(kernel, *shape, isa);
      }
    }
  }
  return holds;
}
