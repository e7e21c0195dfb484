// What both AVX-512 matrix products share: tiles, requantization, stores. The includer defines accumulate(),
// EB_INPUT_OFFSET, the tile's rows for 4, 2 and 1 blocks of channels, and qs8_half_block(), which may do some rows of
// a last block of 8 channels or fewer its own way and returns how many.

// Stores `row_count` rows of `block_count` blocks, of which `channels` channels exist, from the lanes of `steps`.
EB_INLINE void store_steps(__m512i steps, size_t row_count, size_t block_count, size_t channels, size_t out_stride,
                           int8_t *out) {
  if (block_count == 4) {
    _mm512_mask_storeu_epi8(out, channels >= 64 ? UINT64_MAX : (1ull << channels) - 1, steps);
  } else if (row_count * block_count == 4 && channels == out_stride && channels == block_count * 16) {
    _mm512_storeu_si512(out, steps);  // whole rows side by side
  } else if (block_count == 2) {
    const __mmask32 mask = channels >= 32 ? UINT32_MAX : (1u << channels) - 1;
    _mm256_mask_storeu_epi8(out, mask, _mm512_castsi512_si256(steps));
    if (row_count > 1) _mm256_mask_storeu_epi8(out + out_stride, mask, _mm512_extracti64x4_epi64(steps, 1));
  } else {
    const __mmask16 mask = channels >= 16 ? UINT16_MAX : (__mmask16)((1u << channels) - 1);
    _mm_mask_storeu_epi8(out, mask, _mm512_castsi512_si128(steps));
    if (row_count > 1) _mm_mask_storeu_epi8(out + out_stride, mask, _mm512_extracti32x4_epi32(steps, 1));
    if (row_count > 2) _mm_mask_storeu_epi8(out + 2 * out_stride, mask, _mm512_extracti32x4_epi32(steps, 2));
    if (row_count > 3) _mm_mask_storeu_epi8(out + 3 * out_stride, mask, _mm512_extracti32x4_epi32(steps, 3));
  }
}

// One tile: `row_count` rows by `block_count` blocks, constants once inlined.
EB_INLINE void qs8_tile(const eb_qs8_gemm *g, const requantization *q, bool clamps, const int8_t *const *rows,
                        size_t row_count, size_t first_block, size_t block_count, int8_t *out) {
  const size_t channel = first_block * EB_QS8_NR;
  __m512i sums[max_rows][max_blocks];
#pragma clang loop unroll(full)
  for (size_t b = 0; b < block_count; b++) {
    const __m512i bias = _mm512_loadu_si512(g->bias + channel + b * EB_QS8_NR);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < row_count; r++) sums[r][b] = bias;
  }
  accumulate(g, rows, row_count, block_count, g->weights + first_block * g->block_bytes, sums);
  // Four vectors of sums make 64 steps: of one row, two or four.
  const size_t together = 4 / block_count;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < row_count; r += together) {
    __m512i four[4];
    __m512 scales[4];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < 4; i++) {
      const size_t row = r + i / block_count, block = i % block_count;
      four[i] = sums[row < row_count ? row : r][block];
      scales[i] = _mm512_loadu_ps(g->scales + channel + block * EB_QS8_NR);
    }
    store_steps(ordered_steps(q, four, scales, clamps), row_count - r < together ? row_count - r : together,
                block_count, g->channels - channel, g->out_stride, out + r * g->out_stride + channel);
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
    size_t r = last_block_done;                                    \
    EB_TILES(TILE, EB_ROWS_OF_1, 1)                                \
  }

void EB_QS8_GEMM(const eb_qs8_gemm *gemm, const int8_t *const *rows, size_t row_count, int8_t *out) {
  const eb_qs8_gemm copy = *gemm, *const g = &copy;
  const requantization q = requantization_of(&g->output);
  const size_t last_block_done = qs8_half_block(g, &q, rows, row_count, out);
  if (scales_are_below_one(g->scales, g->channels)) {
#define TILE(R, B) qs8_tile(g, &q, false, rows + r, R, block, B, out + r * g->out_stride)
    EB_ALL_TILES(TILE)
#undef TILE
  } else {
#define TILE(R, B) qs8_tile(g, &q, true, rows + r, R, block, B, out + r * g->out_stride)
    EB_ALL_TILES(TILE)
#undef TILE
  }
}

void EB_QD8_GEMM(const eb_qs8_gemm *gemm, const int8_t *const *rows, size_t row_count, float *out) {
  const eb_qs8_gemm copy = *gemm, *const g = &copy;
  const size_t last_block_done = 0;
#define TILE(R, B) qd8_tile(g, g->ranges + r * g->range_step, rows + r, R, block, B, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}
