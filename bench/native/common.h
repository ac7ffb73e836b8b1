// What the bench's small programs share. They use no code of warmset: they are its referees.
#ifndef WARMSET_BENCH_COMMON_H
#define WARMSET_BENCH_COMMON_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static inline void fail(const char* what, const char* which) {
  fprintf(stderr, "%s %s: %s\n", what, which, strerror(errno));
  exit(1);
}

struct file {
  int fd;
  size_t size;
};

static inline struct file open_file(const char* path) {
  struct stat status;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("open", path);
  if (fstat(fd, &status) < 0) fail("fstat", path);
  return (struct file){.fd = fd, .size = (size_t)status.st_size};
}

static inline unsigned char* map_file(struct file file, const char* path) {
  void* const at = mmap(NULL, file.size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (at == MAP_FAILED) fail("mmap", path);
  return at;
}

/** Calls `each` with every path of standard input, where each ends with a zero byte; there may be many
 * thousands. */
static inline void for_each_path(void (*each)(const char* path)) {
  char* path = NULL;
  size_t room = 0;
  while (getdelim(&path, &room, '\0', stdin) > 0) each(path);
  free(path);
}

#endif
