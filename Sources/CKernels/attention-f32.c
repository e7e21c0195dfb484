// Attention, a few queries at a time, so that the whole matrix of scores is
// never there.
//
// The keys and values of a head are packed once for all queries that see them,
// keys in blocks, so that blocks which no query of a group sees are left out.
// A few queries are not worth the packing.
#include <string.h>

#include "eb_vector_kernels.h"
#include "f32-pack.h"
#include "f32-product.h"
#include "sizes.h"

enum { key_block = 256, query_block = 26 };

// Up to here, packing costs more than it saves: an element packed costs as much
// as some 30 multiplications.
enum { few_queries = 24 };

// Rows of scores, in floats: not a power of two apart, where they would share a
// few sets of the cache.
static size_t score_stride(const eb_attention_params *p) { return ((size_t)p->keys + 15) / 16 * 16 + 16; }

static uint32_t heads_a_group(const eb_attention_params *p) { return p->heads / p->kv_heads; }

static bool is_packed(const eb_attention_params *p) { return (uint64_t)p->queries * heads_a_group(p) > few_queries; }

static bool is_valid(const eb_attention_params *p) {
  enum { largest = 1 << 28 };
  return p->batch != 0 && p->queries != 0 && p->keys != 0 && p->kv_heads != 0 && p->heads != 0 &&
         p->heads % p->kv_heads == 0 && p->depth != 0 && p->value_depth != 0 && p->batch <= largest &&
         p->heads <= largest && p->queries <= largest && p->keys <= largest && p->depth <= largest &&
         p->value_depth <= largest && p->offset <= largest && p->has_lengths <= 1 && p->is_causal <= 1 &&
         (p->mask_type == 0 || p->mask_type == EB_F32 || p->mask_type == EB_BOOL);
}

typedef struct {
  uint64_t keys, values, scores;  // bytes, one after the other
} layout_bytes;

// False where a size overflows or there are no kernels.
static bool scratch_layout(const eb_attention_params *p, layout_bytes *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_for(p->isa);
  if (!is_valid(p) || layout == NULL) return false;
  const uint64_t row_bytes = score_stride(p) * sizeof(float);
  *bytes = (layout_bytes){.scores = row_bytes};
  if (!is_packed(p)) return true;
  const uint64_t rows = p->queries < query_block ? p->queries : query_block;
  bytes->scores = row_bytes * rows;
  // Blocks but the last one are whole panels.
  return !__builtin_mul_overflow(eb_f32_padded_columns(layout, p->keys), eb_f32_column_bytes(p->depth, false),
                                 &bytes->keys) &&
         !__builtin_mul_overflow(eb_f32_padded_columns(layout, p->value_depth), eb_f32_column_bytes(p->keys, false),
                                 &bytes->values);
}

size_t eb_attention_scratch_bytes(const eb_attention_params *params) {
  layout_bytes bytes;
  uint64_t sum;
  if (!scratch_layout(params, &bytes) || __builtin_add_overflow(bytes.keys, bytes.values, &sum) ||
      __builtin_add_overflow(sum, bytes.scores, &sum) || sum > (uint64_t)1 << 40) {
    return 0;
  }
  return (size_t)sum;
}

static bool holds(size_t bytes, const eb_attention_params *p, const eb_attention_strides *strides, uint32_t heads,
                  uint32_t rows, uint32_t depth) {
  const uint64_t shape[] = {p->batch, heads, rows, depth};
  const uint64_t steps[] = {strides->batch, strides->head, strides->row, 1};
  return eb_holds_strided(bytes, 4, shape, steps, sizeof(float));
}

static bool accepts(const void *untyped, const size_t *operand_bytes, size_t operand_count) {
  const eb_attention_params *p = untyped;
  const size_t scratch = eb_attention_scratch_bytes(p);
  if (scratch == 0 || eb_f32_kernels_for(p->isa) == NULL) return false;
  const size_t mask = p->mask_type != 0, out = 3u + mask + p->has_lengths;
  const uint64_t mask_shape[] = {p->batch, p->heads, p->queries, p->keys};
  return operand_count == out + 2 && holds(operand_bytes[0], p, &p->q, p->heads, p->queries, p->depth) &&
         holds(operand_bytes[1], p, &p->k, p->kv_heads, p->keys, p->depth) &&
         holds(operand_bytes[2], p, &p->v, p->kv_heads, p->keys, p->value_depth) &&
         (!mask || eb_holds_strided(operand_bytes[3], 4, mask_shape, p->mask_strides,
                                    p->mask_type == EB_F32 ? sizeof(float) : 1)) &&
         (!p->has_lengths || EB_HOLDS(operand_bytes[3 + mask], p->batch, sizeof(int32_t))) &&
         holds(operand_bytes[out], p, &p->out, p->heads, p->queries, p->value_depth) &&
         scratch <= operand_bytes[out + 1];
}

typedef struct {
  const eb_attention_params *p;
  const float *q, *k, *v;
  const void *mask;
  const int32_t *lengths;
  float *out;
  void *scratch;
  const eb_context *context;
  const eb_vector_kernels *kernels;
  uint32_t shares;
} work;

// The keys [first, end) that a query sees, the mask aside.
typedef struct {
  size_t first, end;
} span;

static int64_t limit(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}

static span seen(const work *w, size_t batch, size_t query) {
  const eb_attention_params *p = w->p;
  const int64_t keys = p->keys;
  const int64_t length = w->lengths == NULL ? keys : limit(w->lengths[batch], 0, keys);
  const int64_t position =
      (w->lengths == NULL ? (int64_t)p->offset : w->lengths[batch] - (int64_t)p->queries) + (int64_t)query;
  int64_t first = 0, end = length;
  if (p->is_causal) end = limit(position + 1, 0, end);
  if (p->right >= 0) end = limit(position + p->right + 1, 0, end);
  if (p->left >= 0) first = limit(position - p->left, 0, end);
  return (span){(size_t)first, (size_t)end};
}

// Scores of keys [s.first, s.end) to weights, in place, in a row that starts at
// key 0.
static void weigh(const work *w, size_t batch, size_t head, size_t query, span s, float *row) {
  const eb_attention_params *p = w->p;
  const size_t count = s.end - s.first;
  if (count == 0) return;
  float *scores = row + s.first;
  if (p->softcap > 0.0f) w->kernels->softcap_f32(count, p->softcap, scores);
  if (p->mask_type != 0) {
    const size_t at = batch * p->mask_strides[0] + head * p->mask_strides[1] + query * p->mask_strides[2];
    const size_t step = p->mask_strides[3];
    if (p->mask_type == EB_F32) {
      const float *mask = (const float *)w->mask + at;
      for (size_t j = 0; j < count; j++) scores[j] += mask[(s.first + j) * step];
    } else {
      const uint8_t *mask = (const uint8_t *)w->mask + at;
      for (size_t j = 0; j < count; j++) scores[j] = mask[(s.first + j) * step] ? scores[j] : -__builtin_inff();
    }
    if (w->kernels->reduce_f32_row(EB_REDUCE_MAXIMUM, count, scores) == -__builtin_inff()) {
      memset(scores, 0, count * sizeof(float));
      return;
    }
  }
  w->kernels->softmax_f32_row(count, 1.0f, scores, scores);
}

static const float *query_row(const work *w, size_t batch, size_t head, size_t query) {
  return w->q + batch * w->p->q.batch + head * w->p->q.head + query * w->p->q.row;
}

static float *out_row(const work *w, size_t batch, size_t head, size_t query) {
  return w->out + batch * w->p->out.batch + head * w->p->out.head + query * w->p->out.row;
}

static void attend_alone(const work *w, size_t batch, size_t head, size_t query, const float *k, const float *v,
                         float *row) {
  const eb_attention_params *p = w->p;
  const span s = seen(w, batch, query);
  const size_t count = s.end - s.first;
  w->kernels->attention_scores_f32(count, p->depth, p->scale, query_row(w, batch, head, query), k + s.first * p->k.row,
                                   p->k.row, row + s.first);
  weigh(w, batch, head, query, s, row);
  w->kernels->attention_mix_f32(count, p->value_depth, row + s.first, v + s.first * p->v.row, p->v.row,
                                out_row(w, batch, head, query));
}

static void pack(const work *w, const float *k, const float *v, unsigned char *keys, unsigned char *values) {
  const eb_attention_params *p = w->p;
  const eb_f32_layout *layout = eb_f32_layout_for(p->isa);
  for (size_t first = 0; first < p->keys; first += key_block) {
    const size_t left = p->keys - first;
    const eb_f32_weights view = {.base = k + first * p->k.row,
                                 .columns = left < key_block ? left : key_block,
                                 .height = 1,
                                 .width = 1,
                                 .channels = p->depth,
                                 .n_stride = (ptrdiff_t)p->k.row,
                                 .c_stride = 1};
    eb_f32_pack_gemm(layout, false, &view, NULL, p->scale, keys + first * eb_f32_column_bytes(p->depth, false));
  }
  const eb_f32_weights view = {.base = v,
                               .columns = p->value_depth,
                               .height = 1,
                               .width = 1,
                               .channels = p->keys,
                               .n_stride = 1,
                               .c_stride = (ptrdiff_t)p->v.row};
  eb_f32_pack_gemm(layout, false, &view, NULL, 1.0f, values);
}

static void multiply(const eb_attention_params *p, eb_f32_product product) {
  product.lines = 1;
  product.taps.outer = product.taps.inner = 1;
  product.min = -__builtin_inff();
  product.max = __builtin_inff();
  eb_f32_multiply(eb_f32_kernels_for(p->isa), eb_f32_layout_for(p->isa), &product, eb_f32_whole);
}

// Queries [query, query + rows) of one head.
static void attend_block(const work *w, size_t batch, size_t head, size_t query, size_t rows, const unsigned char *keys,
                         const unsigned char *values, float *scores) {
  const eb_attention_params *p = w->p;
  span all = {p->keys, 0};
  for (size_t i = 0; i < rows; i++) {
    const span s = seen(w, batch, query + i);
    if (s.first >= s.end) continue;
    all.first = s.first < all.first ? s.first : all.first;
    all.end = s.end > all.end ? s.end : all.end;
  }
  float *out = out_row(w, batch, head, query);
  if (all.first >= all.end) {
    for (size_t i = 0; i < rows; i++) memset(out + i * p->out.row, 0, p->value_depth * sizeof(float));
    return;
  }
  for (size_t first = all.first / key_block * key_block; first < all.end; first += key_block) {
    const size_t left = p->keys - first;
    multiply(p, (eb_f32_product){.pixels = rows,
                                 .a = query_row(w, batch, head, query),
                                 .a_pixel = (ptrdiff_t)p->q.row,
                                 .c = scores + first,
                                 .c_pixel = (ptrdiff_t)score_stride(p),
                                 .taps = {.length = p->depth},
                                 .packed = keys + first * eb_f32_column_bytes(p->depth, false),
                                 .depth = p->depth,
                                 .columns = left < key_block ? left : key_block});
  }
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * score_stride(p);
    const span s = seen(w, batch, query + i);
    if (s.first >= s.end) {
      memset(row + all.first, 0, (all.end - all.first) * sizeof(float));
      continue;
    }
    weigh(w, batch, head, query + i, s, row);
    memset(row + all.first, 0, (s.first - all.first) * sizeof(float));
    memset(row + s.end, 0, (all.end - s.end) * sizeof(float));
  }
  multiply(p, (eb_f32_product){.pixels = rows,
                               .a = scores + all.first,
                               .a_pixel = (ptrdiff_t)score_stride(p),
                               .c = out,
                               .c_pixel = (ptrdiff_t)p->out.row,
                               .taps = {.length = all.end - all.first},
                               .packed = values,
                               .depth = p->keys,
                               .columns = p->value_depth,
                               .w_first = all.first});
}

// All heads that share keys and values `unit`.
static void attend_group(const work *w, size_t unit, unsigned char *scratch) {
  const eb_attention_params *p = w->p;
  const size_t batch = unit / p->kv_heads, group = unit % p->kv_heads, count = heads_a_group(p);
  const float *k = w->k + batch * p->k.batch + group * p->k.head;
  const float *v = w->v + batch * p->v.batch + group * p->v.head;
  layout_bytes bytes;
  if (!scratch_layout(p, &bytes)) return;
  // Scores come first: they are the aligned part.
  float *scores = (float *)(void *)scratch;
  unsigned char *keys = scratch + bytes.scores, *values = keys + bytes.keys;
  if (is_packed(p)) pack(w, k, v, keys, values);
  for (size_t head = group * count; head < (group + 1) * count; head++) {
    if (is_packed(p)) {
      for (size_t query = 0; query < p->queries; query += query_block) {
        const size_t left = p->queries - query;
        attend_block(w, batch, head, query, left < query_block ? left : query_block, keys, values, scores);
      }
    } else {
      for (size_t query = 0; query < p->queries; query++) attend_alone(w, batch, head, query, k, v, scores);
    }
  }
}

static void attend_share(const void *untyped, uint32_t index, uint32_t worker) {
  const work *w = untyped;
  const eb_span units = eb_span_of((uint64_t)w->p->batch * w->p->kv_heads, index, w->shares);
  unsigned char *scratch = eb_worker_scratch(w->context, worker, w->scratch);
  for (uint64_t unit = units.first; unit < units.end; unit++) attend_group(w, unit, scratch);
}

static void run(const void *untyped, void *const *operands, const eb_context *context) {
  const eb_attention_params *p = untyped;
  const size_t mask = p->mask_type != 0, out = 3u + mask + p->has_lengths;
  work w = {.p = p, .q = operands[0], .k = operands[1], .v = operands[2], .context = context};
  w.mask = mask ? operands[3] : NULL;
  w.lengths = p->has_lengths ? operands[3 + mask] : NULL;
  w.out = operands[out];
  w.scratch = operands[out + 1];
  w.kernels = eb_vector_kernels_for(p->isa);
  const uint64_t pairs = (uint64_t)p->heads * p->queries / EB_F32_MACS_PER_STEP * p->keys;
  w.shares =
      eb_shares(context, (uint64_t)p->batch * p->kv_heads, p->batch * pairs * ((uint64_t)p->depth + p->value_depth));
  eb_parallel(context, w.shares, attend_share, &w);
}

const eb_operator eb_attention_f32 = {
    .name = "attention_f32", .params_bytes = sizeof(eb_attention_params), .accepts = accepts, .run = run};
