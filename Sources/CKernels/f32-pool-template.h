// The bodies of the pooling microkernels: channels in chunks of four vectors, one vector, then one by one.
#ifndef EB_F32_POOL_TEMPLATE_H
#define EB_F32_POOL_TEMPLATE_H

#include "f32-kernels.h"
#include "f32-vector.h"

#define EB_POOL_MAX(lanes, accumulator, value) \
  ({                                           \
    eb_f32x##lanes other = (value);            \
    accumulator > other ? accumulator : other; \
  })
#define EB_POOL_SUM(lanes, accumulator, value) (accumulator + (value))

#define EB_POOL_CHUNK(lanes, vectors, first, combine, finish)                           \
  for (; channels >= lanes * vectors; channels -= lanes * vectors) {                    \
    eb_f32x##lanes results[vectors];                                                    \
    EB_UNROLL for (size_t v = 0; v < vectors; v++) results[v] = EB_SPLAT(lanes, first); \
    for (size_t o = 0; o < taps->outer; o++) {                                          \
      const float *tap = a + (ptrdiff_t)o * taps->a_outer;                              \
      for (size_t i = 0; i < taps->inner; i++) {                                        \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                \
          results[v] = combine(lanes, results[v], EB_LOAD(lanes, tap + v * lanes));     \
        }                                                                               \
        tap += taps->a_inner;                                                           \
      }                                                                                 \
    }                                                                                   \
    EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                    \
      EB_STORE(lanes, c + v * lanes, EB_CLAMP(lanes, results[v] finish, min, max));     \
    }                                                                                   \
    a += lanes * vectors;                                                               \
    c += lanes * vectors;                                                               \
  }

// `narrow` lanes finish what the wider vectors leave, and the scalar kernel the rest.
#define EB_POOL_UKERNEL(name, lanes, narrow, first, combine, finish, scalar)                                         \
  void name(size_t channels, const eb_f32_taps *taps, const float *a, float scale, float *c, float min, float max) { \
    EB_POOL_CHUNK(lanes, 4, first, combine, finish)                                                                  \
    EB_POOL_CHUNK(lanes, 1, first, combine, finish)                                                                  \
    EB_POOL_CHUNK(narrow, 1, first, combine, finish)                                                                 \
    if (channels > 0) scalar(channels, taps, a, scale, c, min, max);                                                 \
  }

#endif
