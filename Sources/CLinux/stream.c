#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "eb_stream.h"

int eb_stream_read(int descriptor, void *bytes, size_t capacity, size_t *got) {
  for (;;) {
    ssize_t count = read(descriptor, bytes, capacity);
    if (count >= 0) {
      *got = (size_t)count;
      return 0;
    }
    if (errno != EINTR) return errno;
  }
}

int eb_stream_write(int descriptor, const void *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t written = write(descriptor, (const char *)bytes + done, count - done);
    if (written >= 0) {
      done += (size_t)written;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int eb_file_write(const char *path, const void *bytes, size_t count) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
  if (descriptor < 0) return errno;
  int error = eb_stream_write(descriptor, bytes, count);
  if (close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

static char **program_arguments;
static int program_argument_count;

// glibc hands main's arguments to constructors.
__attribute__((constructor)) static void keep_arguments(int count, char **arguments) {
  program_argument_count = count;
  program_arguments = arguments;
}

const char *eb_program_argument(int index) {
  if (index < 0 || index >= program_argument_count - 1) return NULL;
  return program_arguments[index + 1];
}

_Noreturn void eb_exit(int status) { _exit(status); }
