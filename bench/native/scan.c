// scan mmap|read: what a reader of the files named on standard input waits for all of them, as JSON.
//
// mmap touches one byte a page, as a server that maps its weights does; read goes through a buffer of 1 MiB.
#include "common.h"

static const size_t BUFFER = 1 << 20;
static char* buffer;
static size_t page, bytes;
static unsigned long sum;

static void scan_mapping(const char* path) {
  const struct file file = open_file(path);
  if (file.size > 0) {
    unsigned char* const mapped = map_file(file, path);
    const volatile unsigned char* const seen = mapped;
    for (size_t at = 0; at < file.size; at += page) sum += seen[at];
    munmap(mapped, file.size);
  }
  bytes += file.size;
  close(file.fd);
}

static void scan_reading(const char* path) {
  const struct file file = open_file(path);
  for (ssize_t got; (got = read(file.fd, buffer, BUFFER)) != 0;) {
    if (got < 0) fail("read", path);
    bytes += (size_t)got;
  }
  close(file.fd);
}

int main(int argc, char** argv) {
  if (argc != 2 || (strcmp(argv[1], "mmap") != 0 && strcmp(argv[1], "read") != 0)) {
    fputs("usage: scan mmap|read <PATHS\n", stderr);
    return 2;
  }
  page = (size_t)sysconf(_SC_PAGESIZE);
  buffer = malloc(BUFFER);
  if (!buffer) fail("malloc", "buffer");
  memset(buffer, 1, BUFFER);
  const double started = now();
  for_each_path(argv[1][0] == 'm' ? scan_mapping : scan_reading);
  printf("{\"seconds\":%.6f,\"bytes\":%zu,\"sum\":%lu}\n", now() - started, bytes, sum);
  return 0;
}
