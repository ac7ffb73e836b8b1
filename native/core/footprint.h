#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "result.h"

namespace warmset {

/// Pages on each side of a place in which what a read of it brought in beside it may lie: read-ahead in spite
/// of POSIX_FADV_RANDOM, the rest of a large folio, or of a compressed extent of btrfs (128 KiB).
inline constexpr std::uint64_t kAround = 48;

/// Which pages of a stretch of a file were resident at one moment, by mincore(2): what a probe compares with
/// to see what it brought in, and to take just that out again.
///
/// Only for files of which PageProbe says that mincore is truthful.
class Footprint {
 public:
  /// The pages that hold these bytes and `around` more on each side, within the file.
  [[nodiscard]] static Result<Footprint> take(int fd, std::uint64_t offset, std::uint64_t length,
                                              std::uint64_t around) noexcept;

  /// How many of the pages that hold these bytes were resident. They must lie in the stretch.
  [[nodiscard]] std::uint64_t resident(std::uint64_t offset, std::uint64_t length) const noexcept;

  /// How many pages are resident now that weren't then. Somebody else may have brought them in.
  [[nodiscard]] std::uint64_t added(const Footprint& later) const noexcept;

  /// How many of the pages that a later footprint added are resident in a still later one.
  [[nodiscard]] std::uint64_t kept(const Footprint& later, const Footprint& now) const noexcept;

  /// POSIX_FADV_DONTNEED for the added pages that hold these bytes, and for those that came in one piece with
  /// them: the rest of a large folio or of a compressed extent. What is mapped stays.
  void evict_added(int fd, const Footprint& later, std::uint64_t offset, std::uint64_t length) const noexcept;

 private:
  Footprint(std::uint64_t first_page, std::vector<std::uint8_t> pages) noexcept
      : first_(first_page), pages_(std::move(pages)) {}
  [[nodiscard]] bool at(std::size_t index) const noexcept {
    return index < pages_.size() && (pages_[index] & 1U) != 0;
  }

  std::uint64_t first_;
  std::vector<std::uint8_t> pages_;
};

}  // namespace warmset
