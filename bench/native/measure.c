// measure [-o FILE] -- COMMAND...: runs a command and writes what it cost to descriptor 3, as JSON.
//
// The times are of the command and of every descendant that it waited for (wait4). A small program of its
// own, because the peak memory of a process that Node starts includes that of the copy of Node it is made
// from.
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "common.h"

extern char** environ;

static double seconds(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char** argv) {
  const char* output = NULL;
  int at = 1;
  if (at + 1 < argc && strcmp(argv[at], "-o") == 0) {
    output = argv[at + 1];
    at += 2;
  }
  if (at < argc && strcmp(argv[at], "--") == 0) at += 1;
  if (at >= argc) {
    fputs("usage: measure [-o FILE] -- COMMAND...\n", stderr);
    return 2;
  }
  fcntl(3, F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (output) posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0);

  const double started = now();
  pid_t child;
  errno = posix_spawnp(&child, argv[at], &actions, NULL, argv + at, environ);
  if (errno != 0) fail("start", argv[at]);
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) fail("wait4", argv[at]);
  const double wall = now() - started;

  dprintf(3, "{\"wall\":%.6f,\"user\":%.6f,\"sys\":%.6f,\"peakMemory\":%ld,\"exit\":%d}\n", wall,
          seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss * 1024L,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
