#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "eb_timer.h"

static char message[PATH_MAX + 512];

static const char *refusal(const char *path, const char *reason) {
  snprintf(message, sizeof message, "%s: the timer cannot be opened (%s). Build it with 'make build'.", path, reason);
  return message;
}

// Stores the path of EB_TIMER_LIBRARY in the folder of this program; 0, or an errno value.
static int path_beside_program(char *path, size_t capacity) {
  ssize_t count = readlink("/proc/self/exe", path, capacity);
  if (count < 0) return errno;
  char *slash = memrchr(path, '/', (size_t)count);
  if (slash == NULL) return ENOENT;
  size_t folder = (size_t)(slash + 1 - path);
  if (folder + sizeof EB_TIMER_LIBRARY > capacity) return ENAMETOOLONG;
  memcpy(slash + 1, EB_TIMER_LIBRARY, sizeof EB_TIMER_LIBRARY);
  return 0;
}

const char *eb_timer_open(const char *path, eb_timer_run *run, int *out_of_memory) {
  static char beside[PATH_MAX];
  *out_of_memory = 0;
  if (path == NULL) {
    int error = path_beside_program(beside, sizeof beside);
    if (error != 0) return refusal(EB_TIMER_LIBRARY, strerror(error));
    path = beside;
  }
  // The loader would take a name without a slash for a library of the system.
  if (strchr(path, '/') == NULL) return refusal(path, "expected a path with a folder");
  if (access(path, R_OK) != 0) return refusal(path, strerror(errno));
  // Every symbol is resolved now: none in the middle of the first sample.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    if (reason == NULL) reason = "no reason given";
    // glibc puts strerror's text, or its own where a segment could not be mapped, into the reason.
    *out_of_memory = strstr(reason, strerror(ENOMEM)) != NULL || strstr(reason, "failed to map segment") != NULL;
    return refusal(path, reason);
  }
  void *function = dlsym(library, EB_TIMER_FUNCTION);
  if (function == NULL) return refusal(path, "it has no " EB_TIMER_FUNCTION);
  memcpy(run, &function, sizeof *run);  // C has no cast from an object's address to a function's
  return NULL;
}
