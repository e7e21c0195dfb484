// What came into glibc after 2.31, for those that ask for it: the Swift library, the C++ library and its unwinder, and
// the project's own C sources. Contracts as in glibc's manual.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

// The version of `struct stat` that the exported functions behind fstat and its like take. Source: glibc 2.31,
// sysdeps/unix/sysv/linux/{aarch64,arm,x86}/bits/stat.h, _STAT_VER.
#if defined(__aarch64__)
enum { stat_version = 0 };
#elif defined(__arm__)
enum { stat_version = 3 };
#else
enum { stat_version = 1 };
#endif

#if defined(__arm__)
extern int __fxstat64(int version, int descriptor, struct stat64 *status);
extern int __xstat64(int version, const char *path, struct stat64 *status);
int fstat64(int descriptor, struct stat64 *status) { return __fxstat64(stat_version, descriptor, status); }
int stat64(const char *path, struct stat64 *status) { return __xstat64(stat_version, path, status); }
// The C++ library's archive asks for the functions of the 64-bit time structures, whose layout is another.
#else
extern int __fxstat(int version, int descriptor, struct stat *status);
extern int __xstat(int version, const char *path, struct stat *status);
int fstat(int descriptor, struct stat *status) { return __fxstat(stat_version, descriptor, status); }
int stat(const char *path, struct stat *status) { return __xstat(stat_version, path, status); }
#endif

void arc4random_buf(void *bytes, size_t count) {
  // At most 256 bytes come whole, whatever the signals. Source: getrandom(2).
  for (size_t done = 0; done < count;) {
    size_t part = count - done < 256 ? count - done : 256;
    if (getrandom((char *)bytes + done, part, 0) != (ssize_t)part) abort();
    done += part;
  }
}

uint32_t arc4random(void) {
  uint32_t number;
  arc4random_buf(&number, sizeof number);
  return number;
}

// Never: the C++ library then uses atomic operations always.
char __libc_single_threaded = 0;

#if defined(DLFO_STRUCT_HAS_EH_DBASE)
struct search {
  uintptr_t address;
  struct dl_find_object *object;
};

static int look_into(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct search *search = context;
  uintptr_t start = 0, end = 0;
  const ElfW(Phdr) *frames = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t first = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_LOAD && search->address >= first && search->address < first + header->p_memsz) {
      start = first;
      end = first + header->p_memsz;
    }
#if DLFO_STRUCT_HAS_EH_COUNT
    if (header->p_type == PT_ARM_EXIDX) frames = header;
#else
    if (header->p_type == PT_GNU_EH_FRAME) frames = header;
#endif
  }
  if (end == 0 || frames == NULL) return 0;
  search->object->dlfo_flags = 0;
  search->object->dlfo_map_start = (void *)start;
  search->object->dlfo_map_end = (void *)end;
  search->object->dlfo_link_map = NULL;
  search->object->dlfo_eh_frame = (void *)(info->dlpi_addr + frames->p_vaddr);
#if DLFO_STRUCT_HAS_EH_COUNT
  search->object->dlfo_eh_count = (int)(frames->p_memsz / 8);
#endif
  return 1;
}

// Where the unwinder finds the frames of the code at `address`.
int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(uintptr_t)address, result};
  return dl_iterate_phdr(look_into, &search) == 1 ? 0 : -1;
}
#endif
