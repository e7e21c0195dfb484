// Padding with the input's own elements: mirrored without the edge (reflect), with it (symmetric), the edge, or those
// of the other end (wrap).
#include <string.h>

#include "eb_operators.h"
#include "sizes.h"

enum { reflect = 1, symmetric = 2, edge = 3, wrap = 4 };

static bool accepts(const void *params, const size_t *operand_bytes, size_t operand_count) {
  const eb_pad_mirror_params *p = params;
  if (operand_count != 2 || p->rank > EB_MAX_RANK || p->mode < reflect || p->mode > wrap) return false;
  if (p->element_bytes != 1 && p->element_bytes != 2 && p->element_bytes != 4 && p->element_bytes != 8) return false;
  for (uint32_t i = 0; i < p->rank; i++) {
    const uint64_t in = p->in_shape[i], before = p->before[i], out = p->out_shape[i];
    // An index into the input must exist for every output.
    if (in == 0 || in > INT64_MAX || out > INT64_MAX || out < in || before > out - in) return false;
    const uint64_t after = out - in - before;
    const uint64_t most = p->mode == reflect ? in - 1 : p->mode == edge ? UINT64_MAX : in;
    if (before > most || after > most) return false;
  }
  uint64_t in_count, out_count;
  return eb_element_count(p->rank, p->in_shape, &in_count) && eb_element_count(p->rank, p->out_shape, &out_count) &&
         EB_HOLDS(operand_bytes[0], in_count, p->element_bytes) &&
         EB_HOLDS(operand_bytes[1], out_count, p->element_bytes);
}

// The input's index for an output's, along one axis.
static size_t source(uint32_t mode, uint64_t index, uint64_t before, uint64_t in) {
  const int64_t position = (int64_t)index - (int64_t)before, last = (int64_t)in - 1;
  if (position >= 0 && position <= last) return (size_t)position;
  switch (mode) {
    case reflect:
      return (size_t)(position < 0 ? -position : 2 * last - position);
    case symmetric:
      return (size_t)(position < 0 ? -position - 1 : 2 * last + 1 - position);
    case wrap:
      return (size_t)(position < 0 ? position + last + 1 : position - last - 1);
    default:
      return position < 0 ? 0 : (size_t)last;
  }
}

static void run(const void *params, void *const *operands, const eb_context *context) {
  (void)context;
  const eb_pad_mirror_params *p = params;
  const uint8_t *in = operands[0];
  uint8_t *out = operands[1];
  const size_t bytes = p->element_bytes;
  if (p->rank == 0) {
    memcpy(out, in, bytes);
    return;
  }
  const uint32_t last = p->rank - 1;
  uint64_t index[EB_MAX_RANK] = {0};
  for (bool more = true; more;) {
    size_t row = 0;
    for (uint32_t i = 0; i < last; i++) {
      row = row * (size_t)p->in_shape[i] + source(p->mode, index[i], p->before[i], p->in_shape[i]);
    }
    const uint8_t *from = in + row * (size_t)p->in_shape[last] * bytes;
    const size_t before = (size_t)p->before[last], middle = (size_t)p->in_shape[last];
    for (size_t i = 0; i < p->out_shape[last]; i++) {
      if (i == before) {
        memcpy(out, from, middle * bytes);
        out += middle * bytes;
        i += middle - 1;
      } else {
        memcpy(out, from + source(p->mode, i, before, middle) * bytes, bytes);
        out += bytes;
      }
    }
    more = false;
    for (uint32_t i = last; i-- > 0;) {
      if (++index[i] < p->out_shape[i]) {
        more = true;
        break;
      }
      index[i] = 0;
    }
  }
}

const eb_operator eb_pad_mirror = {
    .name = "pad_mirror", .params_bytes = sizeof(eb_pad_mirror_params), .accepts = accepts, .run = run};
