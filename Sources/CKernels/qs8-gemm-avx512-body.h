// What both AVX-512 matrix products share: tiles, requantization, stores. The includer defines accumulate(),
// EB_INPUT_OFFSET, and the tile's rows for 4, 2 and 1 blocks of channels.
// round(min(sums * scale, max)); what lies below `min` is clamped after packing.
EB_INLINE __m512i scaled(__m512i sums, __m512 scale, __m512 max) {
  return _mm512_cvtps_epi32(_mm512_min_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale), max));
}

EB_INLINE void store_qs8(const eb_qs8_gemm *g, const __m512i *sums, const float *scales, size_t block_count,
                         uint64_t mask, int8_t *out) {
  const __m512 max = _mm512_set1_ps(g->output.max_less_zero_point);
  const __m512i zero_point = _mm512_set1_epi16((int16_t)g->output.zero_point);
  if (block_count == 4) {
    const __m512i low = _mm512_packs_epi32(scaled(sums[0], _mm512_loadu_ps(scales), max),
                                           scaled(sums[1], _mm512_loadu_ps(scales + 16), max));
    const __m512i high = _mm512_packs_epi32(scaled(sums[2], _mm512_loadu_ps(scales + 32), max),
                                            scaled(sums[3], _mm512_loadu_ps(scales + 48), max));
    __m512i steps = _mm512_packs_epi16(_mm512_adds_epi16(low, zero_point), _mm512_adds_epi16(high, zero_point));
    steps = _mm512_max_epi8(steps, _mm512_set1_epi8((char)g->output.min));
    // Packing works in 128-bit lanes, each of which holds a quarter of every block: put the blocks in order.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    steps = _mm512_permutexvar_epi32(order, steps);
    _mm512_mask_storeu_epi8(out, (__mmask64)mask, steps);
  } else if (block_count == 2) {
    __m512i words = _mm512_packs_epi32(scaled(sums[0], _mm512_loadu_ps(scales), max),
                                       scaled(sums[1], _mm512_loadu_ps(scales + 16), max));
    words = _mm512_adds_epi16(words, zero_point);
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    __m256i steps = _mm512_cvtsepi16_epi8(_mm512_permutexvar_epi64(order, words));
    steps = _mm256_max_epi8(steps, _mm256_set1_epi8((char)g->output.min));
    _mm256_mask_storeu_epi8(out, (__mmask32)mask, steps);
  } else {
    const __m256i words = _mm256_adds_epi16(_mm512_cvtsepi32_epi16(scaled(sums[0], _mm512_loadu_ps(scales), max)),
                                            _mm512_castsi512_si256(zero_point));
    const __m128i steps = _mm_max_epi8(_mm256_cvtsepi16_epi8(words), _mm_set1_epi8((char)g->output.min));
    _mm_mask_storeu_epi8(out, (__mmask16)mask, steps);
  }
}

// One tile: `row_count` rows by `block_count` blocks, constants once inlined.
EB_INLINE void qs8_tile(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, size_t first_block,
                        size_t block_count, int8_t *out) {
  const size_t channel = first_block * EB_QS8_NR;
  __m512i sums[max_rows][max_blocks];
#pragma clang loop unroll(full)
  for (size_t b = 0; b < block_count; b++) {
    const __m512i bias = _mm512_loadu_si512(g->bias + channel + b * EB_QS8_NR);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; r++) sums[r][b] = bias;
  }
  accumulate(g, rows, row_count, block_count, g->weights + first_block * g->block_bytes, sums);
  const size_t left = g->channels - channel;
  const uint64_t mask = left >= 64 ? UINT64_MAX : (1ull << left) - 1;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r++) {
    store_qs8(g, sums[r], g->scales + channel, block_count, mask, out + r * g->out_stride + channel);
  }
}

EB_INLINE void qd8_tile(const eb_qs8_gemm *g, const eb_qd8_range *ranges, const int8_t *const *rows, size_t row_count,
                        size_t first_block, size_t block_count, float *out) {
  const size_t channel = first_block * EB_QS8_NR;
  __m512i sums[max_rows][max_blocks];
#pragma clang loop unroll(full)
  for (size_t b = 0; b < block_count; b++) {
    const __m512i weight_sum = _mm512_loadu_si512(g->bias + channel + b * EB_QS8_NR);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; r++) {
      const __m512i factor = _mm512_set1_epi32(-(ranges[r * g->range_step].zero_point + EB_INPUT_OFFSET));
      sums[r][b] = _mm512_mullo_epi32(factor, weight_sum);
    }
  }
  accumulate(g, rows, row_count, block_count, g->weights + first_block * g->block_bytes, sums);
  const __m512 min = _mm512_set1_ps(g->min), max = _mm512_set1_ps(g->max);
#pragma clang loop unroll(full)
  for (size_t b = 0; b < block_count; b++) {
    const size_t c = channel + b * EB_QS8_NR;
    if (c >= g->channels) break;
    const __mmask16 mask = g->channels - c >= 16 ? 0xFFFF : (__mmask16)((1u << (g->channels - c)) - 1);
    const __m512 scales = _mm512_loadu_ps(g->scales + c), bias = _mm512_loadu_ps(g->real_bias + c);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; r++) {
      const __m512 scale = _mm512_mul_ps(_mm512_set1_ps(ranges[r * g->range_step].scale), scales);
      __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[r][b]), scale);
      real = _mm512_add_ps(real, bias);
      real = _mm512_min_ps(_mm512_max_ps(real, min), max);
      _mm512_mask_storeu_ps(out + r * g->out_stride + c, mask, real);
    }
  }
}

#define EB_TILES(TILE, ROWS_MAX, BLOCKS)                                       \
  for (; r + (ROWS_MAX) <= row_count; r += (ROWS_MAX)) TILE(ROWS_MAX, BLOCKS); \
  if (r + 4 <= row_count) {                                                    \
    TILE(4, BLOCKS);                                                           \
    r += 4;                                                                    \
  }                                                                            \
  if (r + 2 <= row_count) {                                                    \
    TILE(2, BLOCKS);                                                           \
    r += 2;                                                                    \
  }                                                                            \
  if (r < row_count) TILE(1, BLOCKS);

#define EB_ALL_TILES(TILE)                                         \
  const size_t blocks = (g->channels + EB_QS8_NR - 1) / EB_QS8_NR; \
  size_t block = 0;                                                \
  for (; block + 4 <= blocks; block += 4) {                        \
    size_t r = 0;                                                  \
    EB_TILES(TILE, EB_ROWS_OF_4, 4)                                \
  }                                                                \
  for (; block + 2 <= blocks; block += 2) {                        \
    size_t r = 0;                                                  \
    EB_TILES(TILE, EB_ROWS_OF_2, 2)                                \
  }                                                                \
  if (block < blocks) {                                            \
    size_t r = 0;                                                  \
    EB_TILES(TILE, EB_ROWS_OF_1, 1)                                \
  }

void EB_QS8_GEMM(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, int8_t *out) {
#define TILE(R, B) qs8_tile(g, rows + r, R, block, B, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}

void EB_QD8_GEMM(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, float *out) {
#define TILE(R, B) qd8_tile(g, g->ranges + r * g->range_step, rows + r, R, block, B, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}
