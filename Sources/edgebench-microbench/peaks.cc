#include "peaks.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>

double thread_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

namespace {

// The best of several rates of `work(count)`, `work` taking `amount` a count.
template <typename Work>
double best_rate(double amount, Work work) {
  const double shortest = 2e-3;  // seconds; the clock's read is below a microsecond
  uint64_t count = 1;
  double best = 0;
  for (int round = 0; round < 12;) {
    const double start = thread_seconds();
    work(count);
    const double seconds = thread_seconds() - start;
    if (seconds < shortest) {
      count *= 2;
      continue;
    }
    best = std::max(best, amount * static_cast<double>(count) / seconds);
    round++;
  }
  return best;
}

// Twelve accumulators hide a latency of up to six cycles at two instructions a cycle.
#define TWELVE "0,1,2,3,4,5,6,7,8,9,10,11"
#define LOOP_BEGIN "1:\n"

#if defined(__x86_64__)

#define CLOBBERS                                                                                                      \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
      "xmm14", "xmm15", "cc"
// Twelve times `body`, with \r for the accumulator's number.
#define REGISTER_LOOP(name, features, body)                         \
  __attribute__((target(features))) void name(uint64_t count) {     \
    asm volatile("vzeroall\n" LOOP_BEGIN ".irp r," TWELVE "\n" body \
                 "\n.endr\n"                                        \
                 "dec %0\njnz 1b\nvzeroupper"                       \
                 : "+r"(count)                                      \
                 :                                                  \
                 : CLOBBERS);                                       \
  }

REGISTER_LOOP(fma_avx2, "avx2,fma", "vfmadd231ps %%ymm15, %%ymm14, %%ymm\\r")
REGISTER_LOOP(fma_avx512, "avx512f", "vfmadd231ps %%zmm15, %%zmm14, %%zmm\\r")
REGISTER_LOOP(maddwd_avx2, "avx2", "vpmaddwd %%ymm15, %%ymm14, %%ymm13\nvpaddd %%ymm13, %%ymm\\r, %%ymm\\r")
REGISTER_LOOP(maddwd_avx512, "avx512bw", "vpmaddwd %%zmm15, %%zmm14, %%zmm13\nvpaddd %%zmm13, %%zmm\\r, %%zmm\\r")
REGISTER_LOOP(dpbusd_avx512, "avx512vnni", "vpdpbusd %%zmm15, %%zmm14, %%zmm\\r")

#define READ_LOOP(name, features, width)                                                      \
  __attribute__((target(features))) void name(const unsigned char *from, size_t bytes) {      \
    const unsigned char *end = from + bytes;                                                  \
    asm volatile(LOOP_BEGIN ".irp r,0,1,2,3,4,5,6,7\nvmovups " width "*\\r(%0), %%" REGISTER  \
                            "\\r\n.endr\nadd $8*" width ", %0\ncmp %1, %0\njb 1b\nvzeroupper" \
                 : "+r"(from)                                                                 \
                 : "r"(end)                                                                   \
                 : CLOBBERS, "memory");                                                       \
  }
#define REGISTER "ymm"
READ_LOOP(read_avx2, "avx2", "32")
#undef REGISTER
#define REGISTER "zmm"
READ_LOOP(read_avx512, "avx512f", "64")

#elif defined(__aarch64__)

#define REGISTER_LOOP(name, features, body)                                                                       \
  __attribute__((target(features))) void name(uint64_t count) {                                                   \
    asm volatile(LOOP_BEGIN ".irp r," TWELVE "\n" body                                                            \
                            "\n.endr\n"                                                                           \
                            "subs %0, %0, #1\nb.ne 1b"                                                            \
                 : "+r"(count)                                                                                    \
                 :                                                                                                \
                 : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v13", "v14", "v15", \
                   "cc");                                                                                         \
  }
REGISTER_LOOP(fma_neon, "neon", "fmla v\\r\\().4s, v14.4s, v15.4s")
REGISTER_LOOP(mlal_neon, "neon",
              "smull v13.8h, v14.8b, v15.8b\nsmlal2 v13.8h, v14.16b, v15.16b\nsadalp v\\r\\().4s, v13.8h")
REGISTER_LOOP(sdot_neon, "dotprod", "sdot v\\r\\().4s, v14.16b, v15.16b")

#endif

// Sums, so that the loads remain.
void read_any(const unsigned char *from, size_t bytes) {
  uint64_t sums[8] = {};
  for (size_t i = 0; i + 64 <= bytes; i += 64) {
    uint64_t words[8];
    std::memcpy(words, from + i, 64);
    for (int k = 0; k < 8; k++) sums[k] += words[k];
  }
  for (uint64_t sum : sums) asm volatile("" : : "r"(sum));
}

void read(const unsigned char *from, size_t bytes) {
#if defined(__x86_64__)
  if (eb_isa_is_supported(EB_ISA_AVX512)) return read_avx512(from, bytes);
  if (eb_isa_is_supported(EB_ISA_AVX2)) return read_avx2(from, bytes);
#endif
  read_any(from, bytes);
}

}  // namespace

double measured_peak(Arithmetic arithmetic, enum eb_isa isa) {
  const bool is_f32 = arithmetic == Arithmetic::f32;
  if (arithmetic == Arithmetic::none || !eb_isa_is_supported(isa)) return 0;
  // Operations: twelve instructions or groups, of as many products and sums as there are lanes.
  switch (isa) {
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return is_f32 ? best_rate(12 * 2 * 8, fma_avx2) : best_rate(12 * 2 * 16, maddwd_avx2);
    case EB_ISA_AVX512:
      return is_f32 ? best_rate(12 * 2 * 16, fma_avx512) : best_rate(12 * 2 * 32, maddwd_avx512);
    case EB_ISA_AVX512VNNI:
      return is_f32 ? best_rate(12 * 2 * 16, fma_avx512) : best_rate(12 * 2 * 64, dpbusd_avx512);
#elif defined(__aarch64__)
    case EB_ISA_NEON:
      return is_f32 ? best_rate(12 * 2 * 4, fma_neon) : best_rate(12 * 2 * 16, mlal_neon);
    case EB_ISA_NEON_DOT:
    case EB_ISA_NEON_FP16_DOT:
    case EB_ISA_NEON_I8MM:
      return is_f32 ? best_rate(12 * 2 * 4, fma_neon) : best_rate(12 * 2 * 16, sdot_neon);
#endif
    default:
      return 0;
  }
}

ReadBandwidth measured_read_bandwidth() {
  const size_t largest = size_t{256} << 20;
  ReadBandwidth bandwidth;
  std::unique_ptr<void, void (*)(void *)> memory(std::aligned_alloc(4096, largest), std::free);
  if (memory == nullptr) throw std::bad_alloc();
  auto *bytes = static_cast<unsigned char *>(memory.get());
  std::memset(bytes, 1, largest);  // pages of its own, not the one page of zeros
  for (size_t size = size_t{16} << 10; size <= largest; size *= 4) {
    bandwidth.emplace_back(size, best_rate(static_cast<double>(size), [&](uint64_t count) {
                             for (uint64_t i = 0; i < count; i++) read(bytes, size);
                           }));
  }
  return bandwidth;
}

double bandwidth_at(const ReadBandwidth &bandwidth, size_t footprint) {
  double rate = bandwidth.front().second;
  for (const auto &[size, at_size] : bandwidth) {
    if (size <= footprint) rate = at_size;
  }
  return rate;
}
