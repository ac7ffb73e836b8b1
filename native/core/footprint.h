#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "result.h"

namespace warmset {

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

  /// POSIX_FADV_DONTNEED for those of the added pages that hold the bytes: all of them are in use by nobody
  /// else, as far as is known. What is mapped, or part of a larger folio, stays.
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
