// A fully connected layer of any data type with its tensors.
#ifndef FULLY_CONNECTED_H
#define FULLY_CONNECTED_H

#include "check.h"

typedef struct {
  enum eb_op op;
  eb_fully_connected_params params;
  const void *input, *weights, *bias;
  const float *scales;  // int8
} fully_connected;

// The output with weights packed for `isa`, in guarded memory.
const void *fully_connected_run(fully_connected *layer, enum eb_isa isa);
const char *fully_connected_text(const fully_connected *layer);

#endif
