#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "eb_clock.h"
#include "eb_process.h"

// The parent's ends and the child's ends of everything between them. Each number is above standard error, so that the
// child can put its ends on 0, 1 and 2 in any order.
struct channels {
  int input[2];   // [0] the parent's, [1] the child's
  int output[2];  // [0] read, [1] written by the child
  int error[2];
  int report[2];  // the child's failure to start; closed by a successful exec
};

static void close_pair(int pair[2]) {
  for (int i = 0; i < 2; i++) {
    if (pair[i] >= 0) close(pair[i]);
    pair[i] = -1;
  }
}

static void close_channels(struct channels *channels) {
  close_pair(channels->input);
  close_pair(channels->output);
  close_pair(channels->error);
  close_pair(channels->report);
}

static int move_above_standard(int pair[2]) {
  for (int i = 0; i < 2; i++) {
    if (pair[i] > STDERR_FILENO) continue;
    int moved = fcntl(pair[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0) return errno;
    close(pair[i]);
    pair[i] = moved;
  }
  return 0;
}

static int open_channels(struct channels *channels) {
  for (int i = 0; i < 2; i++) {
    channels->input[i] = channels->output[i] = channels->error[i] = channels->report[i] = -1;
  }
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channels->input) != 0) return errno;
  if (pipe2(channels->output, O_CLOEXEC) != 0) return errno;
  if (pipe2(channels->error, O_CLOEXEC) != 0) return errno;
  if (pipe2(channels->report, O_CLOEXEC) != 0) return errno;
  int error = move_above_standard(channels->input);
  if (error == 0) error = move_above_standard(channels->output);
  if (error == 0) error = move_above_standard(channels->error);
  if (error == 0) error = move_above_standard(channels->report);
  return error;
}

struct failure {
  enum eb_process_step step;
  int error;
};

// What follows runs in the child between fork and exec, where only async-signal-safe calls are allowed.

static _Noreturn void give_up(int report, enum eb_process_step step, int error) {
  struct failure failure = {.step = step, .error = error};
  ssize_t written = write(report, &failure, sizeof failure);
  (void)written;  // there is nobody else to tell
  _exit(127);
}

static int limit(int resource, uint64_t bytes) {
  if (bytes == EB_NO_LIMIT) return 0;
  struct rlimit current;
  if (getrlimit((__rlimit_resource_t)resource, &current) != 0) return errno;
  // An ordinary user may only lower the hard limit.
  rlim_t wanted = bytes < current.rlim_max ? (rlim_t)bytes : current.rlim_max;
  struct rlimit limits = {.rlim_cur = wanted, .rlim_max = wanted};
  return setrlimit((__rlimit_resource_t)resource, &limits) == 0 ? 0 : errno;
}

static void reset_signals(void) {
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Closes every descriptor above standard error except `kept`, which execve closes.
static void close_all_but(int kept, int descriptor_limit) {
#if defined(SYS_close_range)
  bool done = syscall(SYS_close_range, (unsigned)kept + 1, ~0u, 0) == 0;
  if (done && kept > STDERR_FILENO + 1) {
    done = syscall(SYS_close_range, (unsigned)STDERR_FILENO + 1, (unsigned)kept - 1, 0) == 0;
  }
  if (done) return;
#endif
  for (int descriptor = STDERR_FILENO + 1; descriptor < descriptor_limit; descriptor++) {
    if (descriptor != kept) close(descriptor);
  }
}

static _Noreturn void run_child(const eb_process_options *options, const struct channels *channels, pid_t parent,
                                const cpu_set_t *cores, int descriptor_limit) {
  int report = channels->report[1];
  reset_signals();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(report, EB_PROCESS_PARENT, errno);
  if (getppid() != parent) give_up(report, EB_PROCESS_PARENT, ESRCH);
  setsid();
  for (size_t i = 0; i < options->cgroup_count; i++) {
    // "0" stands for the writer.
    if (write(options->cgroups[i], "0\n", 2) != 2) give_up(report, EB_PROCESS_CGROUP, errno);
  }
  if (options->core_count != 0 && sched_setaffinity(0, sizeof *cores, cores) != 0) {
    give_up(report, EB_PROCESS_AFFINITY, errno);
  }
  if (options->directory != NULL && chdir(options->directory) != 0) give_up(report, EB_PROCESS_DIRECTORY, errno);
  if (dup2(channels->input[1], STDIN_FILENO) < 0 || dup2(channels->output[1], STDOUT_FILENO) < 0 ||
      dup2(channels->error[1], STDERR_FILENO) < 0) {
    give_up(report, EB_PROCESS_PIPE, errno);
  }
  close_all_but(report, descriptor_limit);
  int error = limit(RLIMIT_CORE, 0);
  if (error == 0) error = limit(RLIMIT_DATA, options->data);
  if (error == 0) error = limit(RLIMIT_AS, options->address_space);
  if (error != 0) give_up(report, EB_PROCESS_LIMIT, error);
  // A program that was just written may still be open for writing in a process that another thread has forked and that
  // has not got to its own execve yet.
  for (int attempt = 0; attempt < 100; attempt++) {
    execve(options->path, options->arguments, options->environment);
    if (errno != ETXTBSY) break;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
  give_up(report, EB_PROCESS_EXEC, errno);
}

// Here the parent goes on.

static int core_set(const eb_process_options *options, cpu_set_t *cores) {
  CPU_ZERO(cores);
  for (size_t i = 0; i < options->core_count; i++) {
    if (options->cores[i] >= CPU_SETSIZE) return EINVAL;
    CPU_SET(options->cores[i], cores);
  }
  return 0;
}

static ssize_t read_fully(int descriptor, void *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t got = read(descriptor, (char *)bytes + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

int eb_process_start(const eb_process_options *options, eb_process *process, enum eb_process_step *step) {
  *process = (eb_process){.pid = -1, .input = -1, .output = -1, .error = -1};
  *step = EB_PROCESS_CGROUP;
  if (options->cgroup_count > EB_PROCESS_MAX_CGROUPS) return E2BIG;
  cpu_set_t cores;
  *step = EB_PROCESS_AFFINITY;
  if (core_set(options, &cores) != 0) return EINVAL;

  *step = EB_PROCESS_PIPE;
  struct channels channels;
  int error = open_channels(&channels);
  if (error != 0) {
    close_channels(&channels);
    return error;
  }
  long open_max = sysconf(_SC_OPEN_MAX);
  int descriptor_limit = open_max > 0 && open_max < 65536 ? (int)open_max : 65536;

  *step = EB_PROCESS_FORK;
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) {
    error = errno;
    close_channels(&channels);
    return error;
  }
  if (pid == 0) run_child(options, &channels, parent, &cores, descriptor_limit);

  close(channels.input[1]);
  close(channels.output[1]);
  close(channels.error[1]);
  close(channels.report[1]);
  channels.input[1] = channels.output[1] = channels.error[1] = channels.report[1] = -1;
  struct failure failure;
  // Ends at once when exec closes the other end, or when the child is killed before it.
  bool failed = read_fully(channels.report[0], &failure, sizeof failure) == sizeof failure;
  if (failed) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    close_channels(&channels);
    *step = failure.step;
    return failure.error;
  }
  close(channels.report[0]);
  *process =
      (eb_process){.pid = pid, .input = channels.input[0], .output = channels.output[0], .error = channels.error[0]};
  return 0;
}

// Milliseconds for poll until `deadline`, rounded up; 0 once it has passed.
static int poll_timeout(int64_t deadline) {
  int64_t now = eb_clock_ns();
  if (now >= deadline) return 0;
  int64_t milliseconds = (deadline - now) / 1000000 + 1;
  return milliseconds > 3600000 ? 3600000 : (int)milliseconds;
}

int eb_process_send(const eb_process *process, const void *bytes, size_t count, int64_t timeout_ns) {
  int64_t deadline = eb_clock_deadline(timeout_ns);
  size_t done = 0;
  while (done < count) {
    ssize_t sent = send(process->input, (const char *)bytes + done, count - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      done += (size_t)sent;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (eb_clock_ns() >= deadline) return ETIMEDOUT;
      struct pollfd ready = {.fd = process->input, .events = POLLOUT};
      if (poll(&ready, 1, poll_timeout(deadline)) < 0 && errno != EINTR) return errno;
    } else if (errno != EINTR) {
      return errno == ECONNRESET ? EPIPE : errno;
    }
  }
  return 0;
}

int eb_process_read(eb_process *process, void *bytes, size_t capacity, int64_t timeout_ns,
                    enum eb_process_stream *stream, size_t *count) {
  int64_t deadline = eb_clock_deadline(timeout_ns);
  *count = 0;
  for (;;) {
    if (process->output < 0 && process->error < 0) return EBADF;
    struct pollfd ready[2] = {{.fd = process->output, .events = POLLIN}, {.fd = process->error, .events = POLLIN}};
    int found = poll(ready, 2, poll_timeout(deadline));
    if (found < 0 && errno != EINTR) return errno;
    if (found <= 0) {
      if (eb_clock_ns() >= deadline) return ETIMEDOUT;
      continue;
    }
    int *descriptor = ready[0].revents != 0 ? &process->output : &process->error;
    *stream = ready[0].revents != 0 ? EB_PROCESS_OUTPUT : EB_PROCESS_ERROR;
    ssize_t got = read(*descriptor, bytes, capacity);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return errno;
    if (got == 0) {
      close(*descriptor);
      *descriptor = -1;
    }
    *count = (size_t)got;
    return 0;
  }
}

static uint64_t nanoseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

int eb_process_wait(const eb_process *process, int64_t timeout_ns, eb_process_exit *exit) {
  int64_t deadline = eb_clock_deadline(timeout_ns);
  int status;
  struct rusage usage;
  for (;;) {
    pid_t waited = wait4(process->pid, &status, WNOHANG, &usage);
    if (waited == process->pid) break;
    if (waited < 0 && errno != EINTR) return errno;
    if (eb_clock_ns() >= deadline) return ETIMEDOUT;
    poll(NULL, 0, 1);  // a millisecond: the end of a process is not timed
  }
  *exit = (eb_process_exit){
      .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
      .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
      .user_ns = nanoseconds(usage.ru_utime),
      .system_ns = nanoseconds(usage.ru_stime),
      .read_bytes = usage.ru_inblock < 0 ? 0 : (uint64_t)usage.ru_inblock * 512u,
  };
  return 0;
}

void eb_process_kill(const eb_process *process) {
  if (process->pid <= 0) return;
  kill(-process->pid, SIGKILL);
  kill(process->pid, SIGKILL);  // where it ended up outside its group
}

void eb_process_close(eb_process *process) {
  int *descriptors[] = {&process->input, &process->output, &process->error};
  for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
    if (*descriptors[i] >= 0) close(*descriptors[i]);
    *descriptors[i] = -1;
  }
}

int eb_process_cores(uint32_t *cores, size_t capacity, size_t *count) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return errno;
  *count = 0;
  for (uint32_t core = 0; core < CPU_SETSIZE && *count < capacity; core++) {
    if (CPU_ISSET(core, &set)) cores[(*count)++] = core;
  }
  return 0;
}
