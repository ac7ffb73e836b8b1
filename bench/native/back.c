// back BYTES: touches so much memory and gives it back, so that a virtual machine's host has given it to its
// guest.
#include "common.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fputs("usage: back BYTES\n", stderr);
    return 2;
  }
  const size_t bytes = strtoull(argv[1], NULL, 10), page = (size_t)sysconf(_SC_PAGESIZE);
  unsigned char* const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap", "memory");
  // In huge pages, as a fill takes them, and in a fraction of the time.
  madvise(memory, bytes, MADV_HUGEPAGE);
  for (size_t at = 0; at < bytes; at += page) memory[at] = 1;
  return 0;
}
