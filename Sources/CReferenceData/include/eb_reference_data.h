// Data that the program brings along: it is found wherever the program is, without a file or the network.
#ifndef EB_REFERENCE_DATA_H
#define EB_REFERENCE_DATA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that live as long as the program.
typedef struct {
  const unsigned char *bytes;
  size_t count;
} eb_reference_file;

// The handwritten digits: see digits/README.md for their source and licence.
eb_reference_file eb_digits_inputs(void);
eb_reference_file eb_digits_labels(void);
// Models trained on them, as compact graphs (`make train-reference`).
eb_reference_file eb_digits_teacher(void);
eb_reference_file eb_digits_student(void);

#ifdef __cplusplus
}
#endif

#endif
