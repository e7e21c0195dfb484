// Where the value of a lane stands among those of a mask that are set.
#ifndef EB_F32_SPARSE_RANKS_H
#define EB_F32_SPARSE_RANKS_H

#include <stdint.h>

// For each mask of eight lanes the rank of each lane among those that are set, and 0x80 for those that are not.
#define EB_RANK(mask, lane) ((mask) >> (lane)&1 ? __builtin_popcount((mask) & ((1 << (lane)) - 1)) : -128)
#define EB_RANKS_1(m)                                                                                        \
  {                                                                                                          \
    EB_RANK(m, 0), EB_RANK(m, 1), EB_RANK(m, 2), EB_RANK(m, 3), EB_RANK(m, 4), EB_RANK(m, 5), EB_RANK(m, 6), \
        EB_RANK(m, 7)                                                                                        \
  }
#define EB_RANKS_4(m) EB_RANKS_1(m), EB_RANKS_1((m) + 1), EB_RANKS_1((m) + 2), EB_RANKS_1((m) + 3)
#define EB_RANKS_16(m) EB_RANKS_4(m), EB_RANKS_4((m) + 4), EB_RANKS_4((m) + 8), EB_RANKS_4((m) + 12)
#define EB_RANKS_64(m) EB_RANKS_16(m), EB_RANKS_16((m) + 16), EB_RANKS_16((m) + 32), EB_RANKS_16((m) + 48)
static const int8_t ranks[256][8] = {EB_RANKS_64(0), EB_RANKS_64(64), EB_RANKS_64(128), EB_RANKS_64(192)};

#endif
