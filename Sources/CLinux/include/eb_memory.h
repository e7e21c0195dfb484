// How much memory this process has in use, from the kernel's own counters.
#ifndef EB_MEMORY_H
#define EB_MEMORY_H

#include <stdint.h>

// Bytes of this process's resident pages, now and at most so far (VmRSS, VmHWM of /proc/self/status).
// Returns 0 or an errno value; allocates nothing.
int eb_memory_resident(uint64_t *now, uint64_t *peak);

// How many pages this process had to wait for while they were read from storage.
int64_t eb_memory_major_faults(void);

#endif
