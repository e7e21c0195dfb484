#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"

enum { page = 65536, canary = 0xA5, most = 64 };

static struct {
  void *base;
  size_t mapped;
  uint8_t *end, *tail;  // canaries in [end, tail)
} live[most];
static size_t live_count;

void *guarded(size_t bytes, size_t alignment) {
  const size_t room = (bytes + alignment + page) / page * page;
  uint8_t *base = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || live_count == most || mprotect(base + room, page, PROT_NONE) != 0) {
    fprintf(stderr, "guarded: no memory for %zu bytes\n", bytes);
    abort();
  }
  uint8_t *start = base + (room - bytes) / alignment * alignment;
  memset(start + bytes, canary, (size_t)(base + room - (start + bytes)));
  live[live_count].base = base;
  live[live_count].mapped = room + page;
  live[live_count].end = start + bytes;
  live[live_count].tail = base + room;
  live_count++;
  return start;
}

bool release_all(void) {
  bool is_intact = true;
  for (size_t i = 0; i < live_count; i++) {
    for (const uint8_t *at = live[i].end; at < live[i].tail; at++) is_intact = is_intact && *at == canary;
    munmap(live[i].base, live[i].mapped);
  }
  live_count = 0;
  return is_intact;
}
