#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "eb_memory.h"

static bool kibibytes_after(const char *text, const char *label, uint64_t *bytes) {
  const char *found = strstr(text, label);
  if (found == NULL) return false;
  *bytes = strtoull(found + strlen(label), NULL, 10) * 1024u;
  return true;
}

int eb_memory_resident(uint64_t *now, uint64_t *peak) {
  int descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  char text[4096];  // the two lines are among the first 1024 bytes or so
  ssize_t count = read(descriptor, text, sizeof text - 1);
  int error = count < 0 ? errno : 0;
  close(descriptor);
  if (error != 0) return error;
  text[count] = '\0';
  bool found = kibibytes_after(text, "\nVmHWM:", peak) && kibibytes_after(text, "\nVmRSS:", now);
  return found ? 0 : ENODATA;
}

int64_t eb_memory_major_faults(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_majflt : 0;  // it cannot fail for this process itself
}
