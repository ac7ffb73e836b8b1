// count: how much of the files named on standard input is in the page cache, by both witnesses, as JSON.
//
// mincore counts pages that are up to date, cachestat also those whose read is in flight: a file is cold when
// both say nothing, and warm when mincore says everything. cachestat is null where the kernel doesn't answer
// it.
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "common.h"

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

struct range {
  uint64_t offset, length;
};
struct counts {
  uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

static size_t page, files, bytes, pages, by_mincore, by_cachestat;
static bool answered = true;
static unsigned char* flags;
static size_t room;

static void count(const char* path) {
  const struct file file = open_file(path);
  files += 1;
  bytes += file.size;
  struct range range = {0, 0};
  struct counts counts;
  if (syscall(SYS_cachestat, file.fd, &range, &counts, 0) == 0)
    by_cachestat += counts.cached;
  else
    answered = false;
  if (file.size > 0) {
    const size_t own = (file.size + page - 1) / page;
    if (own > room) {
      room = own;
      flags = realloc(flags, room);
      if (!flags) fail("realloc", path);
    }
    unsigned char* const mapped = map_file(file, path);
    if (mincore(mapped, file.size, flags) < 0) fail("mincore", path);
    for (size_t at = 0; at < own; at++) by_mincore += flags[at] & 1;
    munmap(mapped, file.size);
    pages += own;
  }
  close(file.fd);
}

int main(void) {
  page = (size_t)sysconf(_SC_PAGESIZE);
  for_each_path(count);
  printf("{\"files\":%zu,\"bytes\":%zu,\"pageSize\":%zu,\"pages\":%zu,\"mincore\":%zu,", files, bytes, page,
         pages, by_mincore);
  if (answered)
    printf("\"cachestat\":%zu}\n", by_cachestat);
  else
    puts("\"cachestat\":null}");
  return 0;
}
