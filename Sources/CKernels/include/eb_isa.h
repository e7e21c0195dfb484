// Instruction sets that kernels exist for, and which one is in use.
#ifndef EB_ISA_H
#define EB_ISA_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The numbers are stored in plans: never reuse one.
enum eb_isa {
  EB_ISA_SCALAR = 0,
  EB_ISA_AVX2 = 1,            // AVX2 + FMA + F16C
  EB_ISA_AVX512 = 2,          // F, BW, DQ, VL
  EB_ISA_AVX512VNNI = 3,      // AVX512 + VNNI
  EB_ISA_NEON = 16,           // AArch64 Advanced SIMD
  EB_ISA_NEON_DOT = 17,       // + dotprod
  EB_ISA_NEON_FP16_DOT = 18,  // + fp16 arithmetic
  EB_ISA_NEON_I8MM = 19,      // + i8mm; each level has those before it
  EB_ISA_ARMV7_NEON = 32,     // 32-bit ARM with NEON: Cortex-A5, A7, A8, A9 and later; no fused multiply-add
};

// The best instruction set of this processor, or the one that EDGEBENCH_ISA names if the processor has it.
enum eb_isa eb_isa_detect(void);
// What eb_isa_detect said when first asked, or what eb_isa_select has set since: used by operators whose
// parameters name no instruction set.
enum eb_isa eb_isa_current(void);
// For tests, which hold one instruction set against another. False if this processor lacks it.
bool eb_isa_select(enum eb_isa isa);
bool eb_isa_is_supported(enum eb_isa isa);
// Whether a 32-bit ARM processor has NEON's fused multiply-add (VFPv4), which EB_ISA_ARMV7_NEON does not promise: the
// Cortex-A5 and A7 have it, A8 and A9 do not.
bool eb_isa_has_armv7_fma(void);
// "scalar", "avx2", "avx512", "avx512vnni", "neon", ...; NULL for an unknown number.
const char *eb_isa_name(enum eb_isa isa);
// True and *isa set if `name` is one of the names above.
bool eb_isa_named(const char *name, enum eb_isa *isa);

#ifdef __cplusplus
}
#endif

#endif
