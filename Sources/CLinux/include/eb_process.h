// A confined child process: started, listened to with a deadline, and waited for.
//
// Functions return 0 or an errno value; EB_* constants say what else.
#ifndef EB_PROCESS_H
#define EB_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#define EB_NO_LIMIT UINT64_MAX

typedef struct {
  const char *path;          // the program; not searched for
  char *const *arguments;    // as in execve: the first is the program's name, NULL ends the list
  char *const *environment;  // as in execve
  const char *directory;     // the working directory, or NULL for this process's own
  const int *cgroups;        // descriptors of cgroup.procs files, open for writing
  size_t cgroup_count;       // at most EB_PROCESS_MAX_CGROUPS
  const uint32_t *cores;     // logical cores to run on; all of this process's own where the count is 0
  size_t core_count;         // cores above 1023 are refused with EINVAL
  uint64_t address_space;    // bytes, RLIMIT_AS, or EB_NO_LIMIT
  uint64_t data;             // bytes, RLIMIT_DATA, or EB_NO_LIMIT
} eb_process_options;

#define EB_PROCESS_MAX_CGROUPS 16

typedef struct {
  int32_t pid;  // also the number of its session and process group
  int input;    // a socket: what is sent here is the child's standard input
  int output;   // the child's standard output
  int error;    // the child's standard error
} eb_process;

// What the child was doing when it failed to start.
enum eb_process_step {
  EB_PROCESS_PIPE = 1,
  EB_PROCESS_FORK,
  EB_PROCESS_PARENT,  // the caller died meanwhile
  EB_PROCESS_CGROUP,
  EB_PROCESS_AFFINITY,
  EB_PROCESS_DIRECTORY,
  EB_PROCESS_LIMIT,
  EB_PROCESS_EXEC,
};

// Starts a program: in the cgroups, on the cores and under the limits of `options` from its first instruction on, in a
// session of its own, with no other descriptors than standard input, output and error, no core dump, and default
// signal handling. The kernel kills it when the *thread* that called this ends, so wait for it on the same thread.
//
// On failure nothing is left behind, and `*step` says where it failed.
int eb_process_start(const eb_process_options *options, eb_process *process, enum eb_process_step *step);

// Sends all of `bytes`; EPIPE where the child has closed its standard input or ended (no SIGPIPE is raised), ETIMEDOUT
// after `timeout_ns`.
int eb_process_send(const eb_process *process, const void *bytes, size_t count, int64_t timeout_ns);

enum eb_process_stream { EB_PROCESS_OUTPUT = 1, EB_PROCESS_ERROR = 2 };

// Waits for bytes on standard output or error. `*count` is how many were stored, 0 at the end of `*stream`, which is
// then closed (its descriptor becomes -1). ETIMEDOUT after `timeout_ns`; EBADF once both are closed.
int eb_process_read(eb_process *process, void *bytes, size_t capacity, int64_t timeout_ns,
                    enum eb_process_stream *stream, size_t *count);

typedef struct {
  int exit_code;        // -1 where a signal ended it
  int signal;           // 0 where it exited
  uint64_t user_ns;     // processor time in the program
  uint64_t system_ns;   // and in the kernel on its behalf
  uint64_t read_bytes;  // from storage, as the kernel counted its blocks
} eb_process_exit;

// Waits until the child has ended, and reaps it. ETIMEDOUT after `timeout_ns`.
// The child's ru_maxrss is not offered: it starts from the size of the process that forked it.
int eb_process_wait(const eb_process *process, int64_t timeout_ns, eb_process_exit *exit);

// Kills the child and every process in its group. Call it only before eb_process_wait has returned 0.
void eb_process_kill(const eb_process *process);

// Closes what is open of the three descriptors.
void eb_process_close(eb_process *process);

// The logical cores that this thread may run on, in ascending order: `*count` of them.
int eb_process_cores(uint32_t *cores, size_t capacity, size_t *count);

#endif
