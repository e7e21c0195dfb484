// Any element type to any other, as a number or through a quantization.
//
// Elements go in blocks through f64 or i64, which hold every value of the types exactly (u64 as i64's bits); the
// pairs that models use most have loops of their own.
#include <math.h>
#include <string.h>

#include "eb_vector_kernels.h"
#include "element.h"
#include "sizes.h"

enum { block_count = 256 };

typedef struct {
  bool is_real, is_unsigned;
  size_t count;
  double reals[block_count];
  int64_t integers[block_count];
} block;

static bool holds(size_t bytes, uint32_t type, uint64_t count) {
  const uint32_t width = eb_bit_width(type);
  if (width >= 8) return EB_HOLDS(bytes, count, width / 8);
  const uint64_t per_byte = 8 / width;
  return count / per_byte + (count % per_byte != 0) <= bytes;
}

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_convert_params *p = params;
  uint64_t count;
  if (p->has_scales > 1 || operand_count != 2 + p->has_scales || eb_bit_width(p->from) == 0 || eb_bit_width(p->to) == 0)
    return false;
  if (p->overflows > 1 || p->half_to_even > 1) return false;
  if (!eb_element_count(3, (const uint64_t[]){p->outer, p->channels, p->inner}, &count)) return false;
  return holds(operand_bytes[0], p->from, count) && holds(operand_bytes[1], p->to, count) &&
         (!p->has_scales || EB_HOLDS(operand_bytes[2], p->channels, sizeof(float)));
}

#define EB_LOAD(TYPE, type, target)                                                     \
  case TYPE:                                                                            \
    for (size_t i = 0; i < b->count; i++) b->target[i] = ((const type *)in)[first + i]; \
    break;

static void load(uint32_t from, const void *in, size_t first, block *b) {
  b->is_real = eb_type_is_real(from);
  b->is_unsigned = from == EB_U64;
  switch (from) {
    EB_LOAD(EB_F32, float, reals)
    EB_LOAD(EB_F64, double, reals)
    EB_LOAD(EB_I8, int8_t, integers)
    EB_LOAD(EB_U8, uint8_t, integers)
    EB_LOAD(EB_I16, int16_t, integers)
    EB_LOAD(EB_U16, uint16_t, integers)
    EB_LOAD(EB_I32, int32_t, integers)
    EB_LOAD(EB_U32, uint32_t, integers)
    EB_LOAD(EB_I64, int64_t, integers)
    EB_LOAD(EB_U64, int64_t, integers)
    default:
      for (size_t i = 0; i < b->count; i++) {
        if (b->is_real) {
          b->reals[i] = eb_real_at(from, in, first + i);
        } else {
          b->integers[i] = eb_integer_at(from, in, first + i);
        }
      }
      break;
  }
}

static void make_real(block *b) {
  if (b->is_real) return;
  for (size_t i = 0; i < b->count; i++) {
    b->reals[i] = b->is_unsigned ? (double)(uint64_t)b->integers[i] : (double)b->integers[i];
  }
  b->is_real = true;
}

static void dequantize(block *b, float scale, int32_t zero_point) {
  make_real(b);
  for (size_t i = 0; i < b->count; i++) b->reals[i] = (double)scale * (b->reals[i] - zero_point);
}

// In f32 where the number came from f32, as TensorFlow Lite divides. A float of 8 bits does its own rounding.
static void quantize(const eb_convert_params *p, block *b, float scale) {
  const bool is_f32 = p->from == EB_F32, to_real = eb_type_is_real(p->to);
  make_real(b);
  for (size_t i = 0; i < b->count; i++) {
    double steps = is_f32 ? (double)((float)b->reals[i] / scale) : b->reals[i] / (double)scale;
    if (!to_real) steps = steps != steps ? 0 : p->half_to_even ? rint(steps) : round(steps);
    b->reals[i] = steps + p->to_zero_point;
  }
}

// Toward zero, saturating; NaN gives 0. Both bounds are exact; `above` is the first number too large.
static int64_t saturated(double x, double below, double above, int64_t lowest, int64_t highest) {
  if (x != x) return 0;
  return x <= below ? lowest : x >= above ? highest : (int64_t)x;
}

static uint64_t saturated_u64(double x) {
  return !(x > 0) ? 0 : x >= 18446744073709551616.0 ? UINT64_MAX : (uint64_t)x;
}

#define EB_STORE_INTEGER(TYPE, type, lowest, highest)                                                        \
  case TYPE:                                                                                                 \
    for (size_t i = 0; i < b->count; i++) {                                                                  \
      ((type *)out)[first + i] =                                                                             \
          (type)(b->is_real ? saturated(b->reals[i], (lowest), (double)(highest) + 1.0, (lowest), (highest)) \
                            : b->integers[i]);                                                               \
    }                                                                                                        \
    break;

static double real_at(const block *b, size_t i) {
  return b->is_real ? b->reals[i] : b->is_unsigned ? (double)(uint64_t)b->integers[i] : (double)b->integers[i];
}

// Whole numbers of fewer than 8 bits: a real is cut to its integer part, which is held to the type's range where it
// `saturates`; else the low bits are kept.
static void store_narrow(uint32_t to, const block *b, void *out, size_t first, bool saturates) {
  const bool is_signed = to == EB_I4 || to == EB_I2;
  const int64_t span = (int64_t)1 << eb_bit_width(to);
  const int64_t lowest = is_signed ? -span / 2 : 0, highest = lowest + span - 1;
  for (size_t i = 0; i < b->count; i++) {
    int64_t x = b->integers[i];
    if (b->is_real) {
      x = saturates ? saturated(b->reals[i], (double)lowest, (double)highest + 1, lowest, highest)
                    : saturated(b->reals[i], (double)INT64_MIN, 9223372036854775808.0, INT64_MIN, INT64_MAX);
    }
    eb_set_integer(to, out, first + i, x);
  }
}

static void store(const eb_convert_params *p, const block *b, void *out, size_t first, float to_scale) {
  const uint32_t to = p->to;
  switch (to) {
    EB_STORE_INTEGER(EB_I8, int8_t, INT8_MIN, INT8_MAX)
    EB_STORE_INTEGER(EB_U8, uint8_t, 0, UINT8_MAX)
    EB_STORE_INTEGER(EB_I16, int16_t, INT16_MIN, INT16_MAX)
    EB_STORE_INTEGER(EB_U16, uint16_t, 0, UINT16_MAX)
    EB_STORE_INTEGER(EB_I32, int32_t, INT32_MIN, INT32_MAX)
    EB_STORE_INTEGER(EB_U32, uint32_t, 0, (int64_t)UINT32_MAX)
    EB_STORE_INTEGER(EB_I64, int64_t, INT64_MIN, INT64_MAX)
    case EB_U64:
      for (size_t i = 0; i < b->count; i++) {
        ((uint64_t *)out)[first + i] = b->is_real ? saturated_u64(b->reals[i]) : (uint64_t)b->integers[i];
      }
      break;
    case EB_F32:  // straight from the integer: rounded once
      for (size_t i = 0; i < b->count; i++) {
        ((float *)out)[first + i] = b->is_real       ? (float)b->reals[i]
                                    : b->is_unsigned ? (float)(uint64_t)b->integers[i]
                                                     : (float)b->integers[i];
      }
      break;
    case EB_F64:
      for (size_t i = 0; i < b->count; i++) ((double *)out)[first + i] = real_at(b, i);
      break;
    case EB_BOOL:
      for (size_t i = 0; i < b->count; i++) {
        ((uint8_t *)out)[first + i] = b->is_real ? b->reals[i] != 0 : b->integers[i] != 0;
      }
      break;
    case EB_I4:
    case EB_U4:
    case EB_I2:
    case EB_U2:
      store_narrow(to, b, out, first, to_scale != 0);
      break;
    default:
      for (size_t i = 0; i < b->count; i++) eb_set_real(to, out, first + i, real_at(b, i), p->overflows == 0);
      break;
  }
}

// Elements [first, first + count), which have one scale.
static void convert_run(const eb_convert_params *p, float from_scale, float to_scale, const void *in, void *out,
                        size_t first, size_t count) {
  block b;
  for (size_t done = 0; done < count; done += b.count) {
    b.count = count - done < block_count ? count - done : block_count;
    load(p->from, in, first + done, &b);
    if (from_scale != 0) dequantize(&b, from_scale, p->from_zero_point);
    if (to_scale != 0) quantize(p, &b, to_scale);
    store(p, &b, out, first + done, to_scale);
  }
}

// From 8-bit elements, many of them: the results of all 256 are made once and looked up.
static bool run_table(const eb_convert_params *p, const void *in, void *out, size_t count) {
  enum { elements = 256, worthwhile = 1024 };
  if (eb_bit_width(p->from) != 8 || eb_bit_width(p->to) < 8 || count < worthwhile) return false;
  uint8_t from[elements];
  for (int i = 0; i < elements; i++) from[i] = (uint8_t)i;
  union {
    uint8_t x8[elements];
    uint16_t x16[elements];
    uint32_t x32[elements];
    uint64_t x64[elements];
  } table;
  convert_run(p, p->from_scale, p->to_scale, from, &table, 0, elements);
  const uint8_t *bytes = in;
  switch (eb_bit_width(p->to)) {
    case 8:
      for (size_t i = 0; i < count; i++) ((uint8_t *)out)[i] = table.x8[bytes[i]];
      break;
    case 16:
      for (size_t i = 0; i < count; i++) ((uint16_t *)out)[i] = table.x16[bytes[i]];
      break;
    case 32:
      for (size_t i = 0; i < count; i++) ((uint32_t *)out)[i] = table.x32[bytes[i]];
      break;
    default:
      for (size_t i = 0; i < count; i++) ((uint64_t *)out)[i] = table.x64[bytes[i]];
      break;
  }
  return true;
}

static bool run_common(const eb_convert_params *p, const void *in, void *out, size_t count) {
  const eb_vector_kernels *kernels = eb_vector_kernels_active();
  const bool has_from = p->from_scale != 0, has_to = p->to_scale != 0;
  // The loops take zero points within the type's range.
  if (p->from == EB_F32 && p->to == EB_I8 && !has_from && has_to && p->to_zero_point >= -128 &&
      p->to_zero_point <= 127) {
    (p->half_to_even ? kernels->quantize_even_f32_i8 : kernels->quantize_f32_i8)(count, p->to_scale, p->to_zero_point,
                                                                                 in, out);
  } else if (p->from == EB_I8 && p->to == EB_F32 && has_from && !has_to && p->from_zero_point >= -128 &&
             p->from_zero_point <= 127) {
    kernels->dequantize_i8_f32(count, p->from_scale, p->from_zero_point, in, out);
  } else if (p->from == EB_F32 && p->to == EB_F16 && !has_from && !has_to) {
    kernels->f32_to_f16(count, in, out);
  } else if (p->from == EB_F16 && p->to == EB_F32 && !has_from && !has_to) {
    kernels->f16_to_f32(count, in, out);
  } else {
    return false;
  }
  return true;
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_convert_params *p = params;
  uint64_t total;
  if (!eb_element_count(3, (const uint64_t[]){p->outer, p->channels, p->inner}, &total) || total == 0) return;
  const size_t count = total;
  const void *in = operands[0];
  void *out = operands[1];
  const float *scales = p->has_scales ? operands[2] : NULL;
  if (scales == NULL) {
    if (run_common(p, in, out, count) || run_table(p, in, out, count)) return;
    convert_run(p, p->from_scale, p->to_scale, in, out, 0, count);
  } else {
    size_t first = 0;
    for (size_t o = 0; o < p->outer; o++) {
      for (size_t c = 0; c < p->channels; c++, first += p->inner) {
        const float from_scale = p->from_scale != 0 ? scales[c] : 0;
        convert_run(p, from_scale, p->from_scale != 0 ? p->to_scale : scales[c], in, out, first, p->inner);
      }
    }
  }
  const uint32_t width = eb_bit_width(p->to);
  if (width >= 8) return;
  const size_t per_byte = 8 / width;
  for (size_t i = count; i % per_byte != 0; i++) eb_set_bits(out, width, i, 0);  // the padding is 0
}

const eb_operator eb_convert = {
    .name = "convert", .params_bytes = sizeof(eb_convert_params), .accepts = accepts, .run = run};
