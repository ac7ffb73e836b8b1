#pragma once

#include <cstdint>
#include <optional>

#include "mapping.h"

namespace warmset {

/// Asks mincore(2) about single pages of a file.
class PageProbe {
 public:
  PageProbe(int fd, std::uint64_t file_size) noexcept;

  /// Nothing when the page can't be mapped.
  [[nodiscard]] std::optional<bool> resident(std::uint64_t page) const noexcept;

  /// How many of the file's first pages are resident; few enough for one call.
  [[nodiscard]] std::optional<std::uint64_t> count(std::uint64_t pages) const noexcept;

  /// Whether the answers are true. Since 5.2 (CVE-2019-5489) the kernel calls every page resident to a caller
  /// who may not know, and owner and mode can't tell from outside who that is: the pages that are mapped may
  /// belong to another file than the one that was opened (overlayfs with metacopy, FUSE passthrough), and in
  /// an idmapped mount a file may have no owner at all, so that even root isn't told. But a page far behind
  /// the end of the file can't be resident: whoever is told that it is, is being told nothing.
  [[nodiscard]] bool truthful() const noexcept;

 private:
  int fd_;
  std::uint64_t far_page_;
  std::optional<Mapping>
      whole_;  // the file and the far page; missing where that is more than the address space
};

}  // namespace warmset
