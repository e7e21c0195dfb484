#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eb_file_map.h"

static int map_descriptor(int descriptor, const void **bytes, size_t *count) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return ENODEV;
  if (status.st_size <= 0) return ENODATA;
  if ((uintmax_t)status.st_size > PTRDIFF_MAX) return EFBIG;
  void *mapped = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (mapped == MAP_FAILED) return errno;
  *bytes = mapped;
  *count = (size_t)status.st_size;
  return 0;
}

int eb_file_map(const char *path, const void **bytes, size_t *count) {
  // A FIFO without a writer would block in open; O_NONBLOCK changes nothing for a regular file.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return errno;
  int error = map_descriptor(descriptor, bytes, count);
  close(descriptor);
  return error;
}

void *eb_pages_map(size_t count) {
  if (count == 0) return NULL;
  void *mapped = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mapped == MAP_FAILED ? NULL : mapped;
}

void eb_pages_unmap(const void *bytes, size_t count) {
  if (bytes != NULL && count != 0) munmap((void *)(uintptr_t)bytes, count);
}
