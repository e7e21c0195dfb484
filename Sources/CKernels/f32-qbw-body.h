// The body of the microkernels on blockwise quantized weights, written once with clang's vector types.
//
// EB_QBW_TILE defines one height: `rows` x (`vectors` of `lanes` = 16 channels). A short tile sums a block's steps
// first, in `sets` sums side by side, and scales the sum; a tall one (`sets` is 0) scales the weights, which serve all
// of its rows, and needs no second set of sums.
//
// The including file defines EB_LOAD_HALF_<lanes>(pointer), a vector of floats from halves.
#ifndef EB_F32_QBW_BODY_H
#define EB_F32_QBW_BODY_H

#include <string.h>

#include "f32-qbw.h"
#include "f32-vector.h"

typedef uint32_t eb_u32x4 __attribute__((ext_vector_type(4), aligned(4), may_alias));
typedef uint32_t eb_u32x8 __attribute__((ext_vector_type(8), aligned(4), may_alias));
typedef uint32_t eb_u32x16 __attribute__((ext_vector_type(16), aligned(4), may_alias));
typedef int32_t eb_i32x4 __attribute__((ext_vector_type(4)));
typedef int32_t eb_i32x8 __attribute__((ext_vector_type(8)));
typedef int32_t eb_i32x16 __attribute__((ext_vector_type(16)));

// Step `i` of each word, as floats: moved to the top, and back with its sign.
#ifndef EB_QBW_STEPS
#define EB_QBW_STEPS(lanes, bits, words, i)                                                                        \
  __builtin_convertvector((eb_i32x##lanes)((words) << (uint32_t)(32 - bits - bits * (i))) >> (int32_t)(32 - bits), \
                          eb_f32x##lanes)
#endif

#define EB_QBW_PARAMETERS                                                                                              \
  size_t columns, size_t blocks, size_t words, bool half, const uint8_t *w, const float *a, size_t a_stride, float *c, \
      size_t c_stride, float min, float max
typedef void (*eb_f32_qbw_tile)(EB_QBW_PARAMETERS);

#define EB_QBW_TILE(name, rows, lanes, vectors, bits, sets)                                                       \
  static void name(EB_QBW_PARAMETERS) {                                                                           \
    _Pragma("clang fp contract(fast)") enum { steps = 32 / bits, parts = sets > 0 ? sets : 1 };                   \
    eb_f32x##lanes sums[rows][vectors];                                                                           \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                 \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                            \
        sums[m][v] = EB_LOAD(lanes, (const float *)(const void *)w + v * lanes);                                  \
      }                                                                                                           \
    }                                                                                                             \
    w += EB_QBW_CHANNELS * sizeof(float);                                                                         \
    for (; blocks > 0; blocks--) {                                                                                \
      eb_f32x##lanes scales[vectors], part[parts][rows][vectors];                                                 \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                            \
        scales[v] = half ? EB_LOAD_HALF_##lanes(w + v * lanes * 2)                                                \
                         : EB_LOAD(lanes, (const float *)(const void *)w + v * lanes);                            \
        EB_UNROLL for (size_t m = 0; sets > 0 && m < rows; m++) {                                                 \
          EB_UNROLL for (size_t s = 0; s < parts; s++) part[s][m][v] = (eb_f32x##lanes){0};                       \
        }                                                                                                         \
      }                                                                                                           \
      w += half ? EB_QBW_CHANNELS * 2 : EB_QBW_CHANNELS * 4;                                                      \
      for (size_t word = words; word > 0; word--) {                                                               \
        eb_u32x##lanes d[vectors];                                                                                \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) { d[v] = *((const eb_u32x##lanes *)(const void *)w + v); } \
        EB_UNROLL for (size_t i = 0; i < steps; i++) {                                                            \
          eb_f32x##lanes q[vectors];                                                                              \
          EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                        \
            q[v] = EB_QBW_STEPS(lanes, bits, d[v], i);                                                            \
            if (sets == 0) q[v] *= scales[v];                                                                     \
          }                                                                                                       \
          EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                           \
            eb_f32x##lanes x = EB_SPLAT(lanes, a[m * a_stride + i]);                                              \
            EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                      \
              if (sets == 0) {                                                                                    \
                sums[m][v] += x * q[v];                                                                           \
              } else {                                                                                            \
                part[i % parts][m][v] += x * q[v];                                                                \
              }                                                                                                   \
            }                                                                                                     \
          }                                                                                                       \
        }                                                                                                         \
        w += EB_QBW_CHANNELS * sizeof(uint32_t);                                                                  \
        a += steps;                                                                                               \
      }                                                                                                           \
      EB_UNROLL for (size_t m = 0; sets > 0 && m < rows; m++) {                                                   \
        EB_UNROLL for (size_t v = 0; v < vectors; v++) {                                                          \
          EB_UNROLL for (size_t s = 1; s < parts; s++) part[0][m][v] += part[s][m][v];                            \
          sums[m][v] += part[0][m][v] * scales[v];                                                                \
        }                                                                                                         \
      }                                                                                                           \
    }                                                                                                             \
    EB_UNROLL for (size_t m = 0; m < rows; m++) {                                                                 \
      eb_f32x##lanes result[vectors];                                                                             \
      EB_UNROLL for (size_t v = 0; v < vectors; v++) result[v] = EB_CLAMP(lanes, sums[m][v], min, max);           \
      memcpy(c + m * c_stride, result, columns * sizeof(float));                                                  \
    }                                                                                                             \
  }

#define EB_QBW_UKERNEL(name, tiles)                                                       \
  static void name(size_t rows, EB_QBW_PARAMETERS) {                                      \
    tiles[rows - 1](columns, blocks, words, half, w, a, a_stride, c, c_stride, min, max); \
  }

#endif
