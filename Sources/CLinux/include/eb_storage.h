// Files and the storage under them: page cache, capacity, device, size-limited file systems.
//
// Functions return 0 or an errno value.
#ifndef EB_STORAGE_H
#define EB_STORAGE_H

#include <stdint.h>

// Writes out the dirty pages of a regular file, then asks the kernel to forget its clean ones. A page that another
// process has mapped stays: `eb_file_resident` tells.
int eb_file_drop_cache(const char *path);

// How many bytes of a regular file are in the page cache, in whole pages. The kernel answers only the file's owner and
// those who may write to it; EPERM for others.
int eb_file_resident(const char *path, uint64_t *resident_bytes);

// The block device that holds a file. Major number 0 is a file system without a device (tmpfs, overlayfs, btrfs).
int eb_file_device(const char *path, uint32_t *major_number, uint32_t *minor_number);

// Copies a regular file's bytes to a new file with the given permissions. EEXIST where `destination` exists. What was
// copied before an error stays.
int eb_file_copy(const char *source, const char *destination, uint32_t mode);

typedef struct {
  uint64_t magic;  // as in linux/magic.h
  uint64_t block_bytes;
  uint64_t total_bytes;
  uint64_t available_bytes;  // to an ordinary user
} eb_filesystem;

int eb_filesystem_of(const char *path, eb_filesystem *filesystem);

// Mounts an empty file system of at most `bytes`, in memory, on the folder `path`. EPERM for an ordinary user.
int eb_mount_memory(const char *path, uint64_t bytes);

// Unmounts `path`, now or as soon as its last user is gone. EINVAL where nothing is mounted there.
int eb_unmount(const char *path);

#endif
