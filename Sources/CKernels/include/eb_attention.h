// Scaled dot-product attention: parameters.
#ifndef EB_ATTENTION_H
#define EB_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// From one batch, head and row to the next, in elements; a row's elements
// follow each other.
typedef struct {
  uint64_t batch, head, row;
} eb_attention_strides;

// out[b, h, i] = sum over keys j of softmax_j(cap(scale * q[b, h, i] . k[b, g,
// j]) + mask[b, h, i, j]) * v[b, g, j], g = h / (heads / kv_heads), cap(x) =
// softcap * tanh(x / softcap). A query that may see no key gives 0.
//
// Query i is at position offset + i of the keys; with `has_lengths`, at
// lengths[b] - queries + i, and keys from lengths[b] on are not seen.
// `is_causal` hides keys behind it, `left` and `right` (where not negative)
// those further away than that.
typedef struct {
  uint32_t batch, heads, kv_heads, queries, keys, depth, value_depth;
  uint32_t isa;
  eb_attention_strides q, k, v, out;
  uint32_t mask_type;        // 0: none, EB_F32: added, EB_BOOL: whether it is seen
  uint32_t has_lengths;      // i32 [batch]
  uint64_t mask_strides[4];  // batch, head, query, key; 0 repeats
  uint32_t is_causal;
  int32_t left, right;
  uint32_t offset;
  float scale;
  float softcap;  // 0: none
} eb_attention_params;

// 0 where the parameters make no sense.
size_t eb_attention_scratch_bytes(const eb_attention_params *params);

#ifdef __cplusplus
}
#endif

#endif
