// Files and memory as pages.
#ifndef EB_FILE_MAP_H
#define EB_FILE_MAP_H

#include <stddef.h>

// Maps the whole regular file at `path` for reading. Returns 0 and sets *bytes and *count, or an errno value: EISDIR
// for a directory, ENODEV for anything else that is no regular file, ENODATA for an empty one, EFBIG for one larger
// than the address space.
int eb_file_map(const char *path, const void **bytes, size_t *count);

// Zeroed memory that starts on a page and is not resident until it is touched; NULL where there is none.
void *eb_pages_map(size_t count);

// Returns what one of the functions above mapped, with the same count.
void eb_pages_unmap(const void *bytes, size_t count);

#endif
