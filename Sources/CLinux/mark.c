#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "eb_mark.h"

void eb_mark_start(void) { syscall(SYS_getpriority, EB_MARK, EB_MARK_START); }
void eb_mark_end(void) { syscall(SYS_getpriority, EB_MARK, EB_MARK_END); }
