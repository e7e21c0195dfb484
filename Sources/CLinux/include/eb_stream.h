// Whole reads and writes of descriptors and small files. Functions return 0 or an errno value.
#ifndef EB_STREAM_H
#define EB_STREAM_H

#include <stddef.h>

// Reads what there is, at least one byte unless the stream has ended: then `*got` is 0.
int eb_stream_read(int descriptor, void *bytes, size_t capacity, size_t *got);

// Writes all of it.
int eb_stream_write(int descriptor, const void *bytes, size_t count);

// Makes or replaces the file at `path`.
int eb_file_write(const char *path, const void *bytes, size_t count);

// The program's arguments, without its name; NULL beyond the last.
const char *eb_program_argument(int index);

// Ends the program at once: no destructors, no flushing of C streams.
_Noreturn void eb_exit(int status);

#endif
