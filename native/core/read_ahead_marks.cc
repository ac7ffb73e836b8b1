#include "read_ahead_marks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "advise.h"
#include "file.h"
#include "mapping.h"
#include "residency.h"

namespace warmset {
namespace {

/// Pages whose read is under way count, too: read-ahead passes over them as well.
bool all_cached(int fd, std::uint64_t begin, std::uint64_t end) noexcept {
  const auto counts = cachestat(fd, begin, end - begin);
  return counts && counts.value().cached == pages_in(end - begin, page_size());
}

}  // namespace

void take_read_ahead_marks(int fd, std::uint64_t begin, std::uint64_t end) noexcept {
  const auto facts = identify(fd);
  if (!facts) return;
  const std::uint64_t size = facts.value().size;
  begin = begin / kHugePage * kHugePage;
  end = std::min(end, size);
  if (begin >= end) return;
  // One missing all the same costs its own read and no more.
  static_cast<void>(fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
  // Backwards, with the nearest place behind where something is missing; behind the end nothing can be.
  const std::uint64_t looked_at = std::min(end + kReadAheadReach, size);
  std::uint64_t gap = looked_at < size ? looked_at : size + kReadAheadReach;
  std::uint64_t behind = looked_at;
  while (behind > begin) {
    const std::uint64_t folio = (behind - 1) / kHugePage * kHugePage;
    if (!all_cached(fd, folio, behind)) {
      gap = folio;
    } else if (folio < end && behind + kReadAheadReach <= gap) {
      char byte = 0;
      static_cast<void>(::pread(fd, &byte, 1, static_cast<off_t>(folio)));
    }
    behind = folio;
  }
}

}  // namespace warmset
