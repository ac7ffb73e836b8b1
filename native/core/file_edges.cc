#include "file_edges.h"

#include "mapping.h"
#include "read_ahead_marks.h"

namespace warmset {
void complete_last_page(int fd, std::uint64_t size) noexcept {
  const std::uint64_t tail = size % page_size();
  if (tail == 0) return;
  auto mapping = Mapping::create(fd, size - tail, tail);
  if (mapping) static_cast<void>(mapping.value().populate(0, tail));
}

bool brings_in_holes(bool huge, DataStretch piece, std::uint64_t data_end, std::uint64_t size) noexcept {
  if (!huge) return data_end < size && data_end - piece.end < kReadAheadReach;
  return piece.begin % kHugePage != 0 || (piece.end % kHugePage != 0 && piece.end < size);
}

}  // namespace warmset
