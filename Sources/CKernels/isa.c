#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "eb_isa.h"

#if (defined(__aarch64__) || defined(__arm__)) && defined(__linux__)
#include <sys/auxv.h>
#endif

static const struct {
  enum eb_isa isa;
  const char *name;
} names[] = {
    {EB_ISA_SCALAR, "scalar"},
    {EB_ISA_AVX2, "avx2"},
    {EB_ISA_AVX512, "avx512"},
    {EB_ISA_AVX512VNNI, "avx512vnni"},
    {EB_ISA_NEON, "neon"},
    {EB_ISA_NEON_DOT, "neondot"},
    {EB_ISA_NEON_FP16_DOT, "neonfp16dot"},
    {EB_ISA_NEON_I8MM, "neoni8mm"},
    {EB_ISA_ARMV7_NEON, "armv7neon"},
};
enum { name_count = sizeof names / sizeof names[0] };

const char *eb_isa_name(enum eb_isa isa) {
  for (int i = 0; i < name_count; i++) {
    if (names[i].isa == isa) return names[i].name;
  }
  return NULL;
}

bool eb_isa_named(const char *name, enum eb_isa *isa) {
  for (int i = 0; i < name_count; i++) {
    if (strcmp(names[i].name, name) == 0) {
      *isa = names[i].isa;
      return true;
    }
  }
  return false;
}

// Bits of AT_HWCAP and AT_HWCAP2, from the kernel's arch/arm64 and arch/arm/include/uapi/asm/hwcap.h.
#if defined(__aarch64__)
enum {
  hwcap_fphp = 1 << 9,
  hwcap_asimdhp = 1 << 10,
  hwcap_asimddp = 1 << 20,
  hwcap2_i8mm = 1 << 13,
};
#elif defined(__arm__)
enum {
  hwcap_neon = 1 << 12,
  hwcap_vfpv4 = 1 << 16,
};
#endif

#if defined(__aarch64__) || defined(__arm__)
static bool has_hwcap(unsigned long bits, unsigned long bits2) {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & bits) == bits && (getauxval(AT_HWCAP2) & bits2) == bits2;
#else
  return bits == 0 && bits2 == 0;
#endif
}
#endif

bool eb_isa_has_armv7_fma(void) {
#if defined(__arm__)
  return has_hwcap(hwcap_neon | hwcap_vfpv4, 0);
#else
  return false;
#endif
}

bool eb_isa_is_supported(enum eb_isa isa) {
  switch (isa) {
    case EB_ISA_SCALAR:
      return true;
#if defined(__x86_64__)
    case EB_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case EB_ISA_AVX512:
      return eb_isa_is_supported(EB_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    case EB_ISA_AVX512VNNI:
      return eb_isa_is_supported(EB_ISA_AVX512) && __builtin_cpu_supports("avx512vnni");
#endif
#if defined(__aarch64__)
    case EB_ISA_NEON:
      return true;
    case EB_ISA_NEON_DOT:
      return has_hwcap(hwcap_asimddp, 0);
    case EB_ISA_NEON_FP16_DOT:
      return has_hwcap(hwcap_asimddp | hwcap_fphp | hwcap_asimdhp, 0);
    case EB_ISA_NEON_I8MM:
      return has_hwcap(hwcap_asimddp | hwcap_fphp | hwcap_asimdhp, hwcap2_i8mm);
#endif
#if defined(__arm__)
    case EB_ISA_ARMV7_NEON:
      return has_hwcap(hwcap_neon, 0);
#endif
    default:
      return false;
  }
}

enum eb_isa eb_isa_detect(void) {
  const char *forced = getenv("EDGEBENCH_ISA");
  enum eb_isa isa;
  if (forced != NULL && eb_isa_named(forced, &isa) && eb_isa_is_supported(isa)) return isa;
  static const enum eb_isa best_first[] = {EB_ISA_AVX512VNNI,    EB_ISA_AVX512,   EB_ISA_AVX2, EB_ISA_NEON_I8MM,
                                           EB_ISA_NEON_FP16_DOT, EB_ISA_NEON_DOT, EB_ISA_NEON, EB_ISA_ARMV7_NEON};
  for (unsigned i = 0; i < sizeof best_first / sizeof best_first[0]; i++) {
    if (eb_isa_is_supported(best_first[i])) return best_first[i];
  }
  return EB_ISA_SCALAR;
}

static atomic_int current = -1;

enum eb_isa eb_isa_current(void) {
  int isa = atomic_load_explicit(&current, memory_order_relaxed);
  if (isa < 0) {
    isa = eb_isa_detect();
    atomic_store_explicit(&current, isa, memory_order_relaxed);
  }
  return (enum eb_isa)isa;
}

bool eb_isa_select(enum eb_isa isa) {
  if (!eb_isa_is_supported(isa)) return false;
  atomic_store_explicit(&current, isa, memory_order_relaxed);
  return true;
}
