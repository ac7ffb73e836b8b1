// willneed [FRACTION]: fills by posix_fadvise(WILLNEED), 1 MiB a call, and waits until every page is up to
// date.
//
// One call is silently cut to the device's read-ahead, and returns before anything is read: so the small
// pieces, and the waiting by mincore. FRACTION leaves the rest of each file out.
#include <stdbool.h>

#include "common.h"

static const size_t PIECE = 1 << 20;
static const double PATIENCE =
    5;  // seconds without a new page, after which what is missing is asked for again
static const int ATTEMPTS = 5;
static double fraction = 1;
static size_t page, bytes;
static char** paths;
static size_t count, room;

static void remember(const char* path) {
  if (count == room) {
    room = room ? room * 2 : 64;
    paths = realloc(paths, room * sizeof *paths);
    if (!paths) fail("realloc", path);
  }
  paths[count++] = strdup(path);
}

static size_t wanted(struct file file) {
  const size_t part = (size_t)((double)file.size * fraction);
  return fraction < 1 ? part / page * page : file.size;
}

static void ask(struct file file, size_t from) {
  for (size_t at = from; at < wanted(file); at += PIECE) {
    const size_t left = wanted(file) - at;
    const int error =
        posix_fadvise(file.fd, (off_t)at, (off_t)(left < PIECE ? left : PIECE), POSIX_FADV_WILLNEED);
    if (error != 0) {
      errno = error;
      fail("posix_fadvise", "WILLNEED");
    }
  }
}

static bool piece_is_there(unsigned char* mapped, size_t at, size_t length) {
  unsigned char flags[PIECE / 4096];
  if (mincore(mapped + at, length, flags) < 0) fail("mincore", "a piece");
  for (size_t of = 0; of < (length + page - 1) / page; of++)
    if (!(flags[of] & 1)) return false;
  return true;
}

/** Goes forward only, so that waiting costs little beside the reading. */
static void wait_for(struct file file, const char* path) {
  const size_t end = wanted(file);
  if (end == 0) return;
  unsigned char* const mapped = map_file(file, path);
  double moved = now();
  int attempts = 0;
  for (size_t at = 0; at < end;) {
    const size_t length = end - at < PIECE ? end - at : PIECE;
    if (piece_is_there(mapped, at, length)) {
      at += length;
      moved = now();
      continue;
    }
    if (now() - moved > PATIENCE) {
      if (++attempts > ATTEMPTS) {
        fprintf(stderr, "%s: pages never came\n", path);
        exit(1);
      }
      ask(file, at);
      moved = now();
    }
    usleep(1000);
  }
  munmap(mapped, file.size);
}

int main(int argc, char** argv) {
  if (argc > 1) fraction = strtod(argv[1], NULL);
  page = (size_t)sysconf(_SC_PAGESIZE);
  for_each_path(remember);
  const double started = now();
  for (size_t at = 0; at < count; at++) {
    const struct file file = open_file(paths[at]);
    ask(file, 0);
    close(file.fd);
  }
  const double issued = now() - started;
  for (size_t at = 0; at < count; at++) {
    const struct file file = open_file(paths[at]);
    wait_for(file, paths[at]);
    bytes += wanted(file);
    close(file.fd);
  }
  printf("{\"issued\":%.6f,\"seconds\":%.6f,\"bytes\":%zu}\n", issued, now() - started, bytes);
  return 0;
}
