// The kernel interfaces that the rest of the package uses: shims only, no policy.
#ifndef EB_LINUX_H
#define EB_LINUX_H

#include "eb_clock.h"
#include "eb_memory.h"
#include "eb_process.h"
#include "eb_storage.h"
#include "eb_stream.h"

#endif
