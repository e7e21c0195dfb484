// Copies rows with their padding, 64 bytes at a time; each store may run into what is written next.
#if defined(__x86_64__)
#include <immintrin.h>

#include "qs8-dwconv.h"
#include "qs8-window.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)

static inline void fill(int8_t *out, size_t count, __m512i value) {
  for (size_t i = 0; i < count; i += 64) _mm512_storeu_si512(out + i, value);
}

void eb_qs8_copy_rows__avx512(const eb_qs8_rows *r, int8_t *out) {
  const __m512i zero = _mm512_set1_epi8(r->zero), toggle = _mm512_set1_epi8((char)r->toggle);
  const size_t whole = r->middle / 64 * 64;
  const __mmask64 rest = (1ull << r->middle % 64) - 1;
  const int8_t *in = r->in;
  for (size_t row = 0; row < r->rows; row++, in += r->in_stride) {
    fill(out, r->left, zero);
    out += r->left;
    for (size_t i = 0; i < whole; i += 64) {
      _mm512_storeu_si512(out + i, _mm512_xor_si512(_mm512_loadu_si512(in + i), toggle));
    }
    if (rest != 0) {
      _mm512_storeu_si512(out + whole, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, in + whole), toggle));
    }
    out += r->middle;
    fill(out, r->right, zero);
    out += r->right;
  }
}

void eb_qs8_split_columns__avx512(const int8_t *in, size_t rows, size_t row_bytes, size_t channels, size_t plane_bytes,
                                  int8_t *out) {
  // In units of 8 bytes: of every 128 bytes, the pixels of even number, and those of odd number.
  const uint64_t unit = channels / 8;
  uint64_t order[8];
  for (uint64_t i = 0; i < 8; i++) order[i] = i / unit * 2 * unit + i % unit;
  const __m512i even = _mm512_loadu_si512(order), odd = _mm512_add_epi64(even, _mm512_set1_epi64((int64_t)unit));
  for (size_t row = 0; row < rows; row++, in += row_bytes, out += 2 * plane_bytes) {
    for (size_t i = 0; 2 * i < row_bytes; i += 64) {
      const __m512i a = _mm512_loadu_si512(in + 2 * i), b = _mm512_loadu_si512(in + 2 * i + 64);
      _mm512_storeu_si512(out + i, _mm512_permutex2var_epi64(a, even, b));
      _mm512_storeu_si512(out + plane_bytes + i, _mm512_permutex2var_epi64(a, odd, b));
    }
  }
}

#pragma clang attribute pop
#endif
