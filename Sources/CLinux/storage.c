#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "eb_storage.h"
#include "eb_stream.h"

// A FIFO without a writer would block in open; O_NONBLOCK changes nothing for a regular file.
static int open_regular(const char *path, int *descriptor, struct stat *status) {
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (opened < 0) return errno;
  int error = 0;
  if (fstat(opened, status) != 0) error = errno;
  if (error == 0 && !S_ISREG(status->st_mode)) error = S_ISDIR(status->st_mode) ? EISDIR : EINVAL;
  if (error != 0) {
    close(opened);
    return error;
  }
  *descriptor = opened;
  return 0;
}

int eb_file_drop_cache(const char *path) {
  int descriptor;
  struct stat status;
  int error = open_regular(path, &descriptor, &status);
  if (error != 0) return error;
  if (fdatasync(descriptor) != 0) error = errno;
  if (error == 0) error = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  close(descriptor);
  return error;
}

// Counts in windows, so that a sparse file of terabytes needs no large map.
static int count_resident(int descriptor, uint64_t size, uint64_t *resident_bytes) {
  enum { window_pages = 4096 };
  unsigned char pages[window_pages];
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  uint64_t window = window_pages * page;
  *resident_bytes = 0;
  for (uint64_t start = 0; start < size; start += window) {
    uint64_t length = size - start < window ? size - start : window;
    void *bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_SHARED, descriptor, (off_t)start);
    if (bytes == MAP_FAILED) return errno;
    int error = mincore(bytes, (size_t)length, pages) == 0 ? 0 : errno;
    munmap(bytes, (size_t)length);
    if (error != 0) return error;
    for (uint64_t i = 0; i < (length + page - 1) / page; i++) *resident_bytes += pages[i] & 1 ? page : 0;
  }
  return 0;
}

int eb_file_resident(const char *path, uint64_t *resident_bytes) {
  int descriptor;
  struct stat status;
  int error = open_regular(path, &descriptor, &status);
  if (error != 0) return error;
  // To others mincore calls every page resident (Linux 5.2): no answer is better than that one.
  if (status.st_uid != geteuid() && geteuid() != 0 && access(path, W_OK) != 0) error = EPERM;
  if (error == 0) error = count_resident(descriptor, (uint64_t)status.st_size, resident_bytes);
  close(descriptor);
  return error;
}

// Tmpfs and some other file systems copy nothing inside the kernel (EXDEV, EINVAL): then through this process.
static int copy_bytes(int input, int output) {
  char buffer[1 << 16];
  for (;;) {
    size_t count;
    int error = eb_stream_read(input, buffer, sizeof buffer, &count);
    if (error != 0 || count == 0) return error;
    error = eb_stream_write(output, buffer, count);
    if (error != 0) return error;
  }
}

static int copy_content(int input, int output) {
  for (;;) {
    ssize_t count = copy_file_range(input, NULL, output, NULL, 1 << 24, 0);
    if (count == 0) return 0;
    if (count > 0 || errno == EINTR) continue;
    return errno == EXDEV || errno == EINVAL || errno == ENOSYS ? copy_bytes(input, output) : errno;
  }
}

int eb_file_copy(const char *source, const char *destination, uint32_t mode) {
  int input;
  struct stat status;
  int error = open_regular(source, &input, &status);
  if (error != 0) return error;
  int output = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
  if (output < 0) {
    error = errno;
  } else {
    error = copy_content(input, output);
    if (close(output) != 0 && error == 0) error = errno;
  }
  close(input);
  return error;
}

int eb_file_device(const char *path, uint32_t *major_number, uint32_t *minor_number) {
  struct stat status;
  if (stat(path, &status) != 0) return errno;
  *major_number = major(status.st_dev);
  *minor_number = minor(status.st_dev);
  return 0;
}

int eb_filesystem_of(const char *path, eb_filesystem *filesystem) {
  struct statfs status;
  while (statfs(path, &status) != 0) {
    if (errno != EINTR) return errno;
  }
  uint64_t block = status.f_frsize > 0 ? (uint64_t)status.f_frsize : (uint64_t)status.f_bsize;
  *filesystem = (eb_filesystem){
      .magic = (uint64_t)status.f_type,
      .block_bytes = block,
      .total_bytes = (uint64_t)status.f_blocks * block,
      .available_bytes = (uint64_t)status.f_bavail * block,
  };
  return 0;
}

int eb_mount_memory(const char *path, uint64_t bytes) {
  if (bytes == 0) return EINVAL;  // to tmpfs, size 0 is no limit
  char options[64];
  snprintf(options, sizeof options, "size=%" PRIu64 ",mode=700", bytes);
  return mount("edgebench", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0 ? 0 : errno;
}

int eb_unmount(const char *path) { return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 ? 0 : errno; }
