// What the NEON matrix products share: tiles of rows by one block, requantization, stores. The includer defines
//   max_rows
//   products(g, rows, row_count, weights, sums): sums[r] = 16 channels, first to last, of row r and one block
//   EB_QS8_GEMM, EB_QD8_GEMM: the kernels' names.

EB_INLINE void qs8_tile(const eb_qs8_gemm *g, const eb_qs8_neon_output *output, const int8_t *const *rows,
                        size_t row_count, size_t n, int8_t *out) {
  int32x4_t sums[max_rows][4];
  products(g, rows, row_count, g->weights + n / EB_QS8_NR * g->block_bytes, sums);
  const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    EB_UNROLL for (size_t q = 0; q < 4; q++) sums[r][q] = vaddq_s32(sums[r][q], vld1q_s32(g->bias + n + q * 4));
    eb_qs8_neon_store(eb_qs8_neon_requantize(sums[r], g->scales + n, output), count, out + r * g->out_stride + n);
  }
}

EB_INLINE void qd8_tile(const eb_qs8_gemm *g, const eb_qd8_range *ranges, const int8_t *const *rows, size_t row_count,
                        size_t n, float *out) {
  int32x4_t sums[max_rows][4];
  products(g, rows, row_count, g->weights + n / EB_QS8_NR * g->block_bytes, sums);
  const size_t count = eb_min_u64(EB_QS8_NR, g->channels - n);
  EB_UNROLL for (size_t r = 0; r < row_count; r++) {
    const eb_qd8_range range = ranges[r * g->range_step];
    EB_UNROLL for (size_t q = 0; q < 4; q++) {
      sums[r][q] = vmlsq_n_s32(sums[r][q], vld1q_s32(g->bias + n + q * 4), range.zero_point);
    }
    eb_qd8_neon_store(sums[r], range.scale, g->scales + n, g->real_bias + n, g->min, g->max, count,
                      out + r * g->out_stride + n);
  }
}

// A block's weights stay in the first-level cache while all rows pass.
#define EB_ALL_TILES(TILE)                                           \
  for (size_t n = 0; n < g->channels; n += EB_QS8_NR) {              \
    size_t r = 0;                                                    \
    for (; r + max_rows <= row_count; r += max_rows) TILE(max_rows); \
    if (max_rows > 5 && row_count - r == 5) TILE(5);                 \
    if (max_rows > 4 && row_count - r == 4) TILE(4);                 \
    if (max_rows > 3 && row_count - r == 3) TILE(3);                 \
    if (row_count - r == 2) TILE(2);                                 \
    if (row_count - r == 1) TILE(1);                                 \
  }

void EB_QS8_GEMM(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, int8_t *out) {
  const eb_qs8_neon_output output = eb_qs8_neon_output_of(&g->output);
#define TILE(R) qs8_tile(g, &output, rows + r, R, n, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}

void EB_QD8_GEMM(const eb_qs8_gemm *g, const int8_t *const *rows, size_t row_count, float *out) {
#define TILE(R) qd8_tile(g, g->ranges + r * g->range_step, rows + r, R, n, out + r * g->out_stride)
  EB_ALL_TILES(TILE)
#undef TILE
}
