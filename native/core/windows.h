#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "cancel.h"
#include "kernel_abi.h"
#include "mapping.h"
#include "result.h"

namespace warmset {

/// Windows of one file, the last one usually shorter.
struct Windows {
  std::uint64_t bytes;
  std::uint64_t file_size;

  [[nodiscard]] std::uint64_t count() const noexcept { return pages_in(file_size, bytes); }
  [[nodiscard]] std::uint64_t offset(std::uint64_t index) const noexcept { return index * bytes; }
  [[nodiscard]] std::uint64_t length(std::uint64_t first, std::uint64_t last) const noexcept {
    return std::min(last * bytes, file_size) - offset(first);
  }
  [[nodiscard]] std::uint64_t pages(std::uint64_t first, std::uint64_t last) const noexcept {
    return pages_in(length(first, last), page_size());
  }
};

/// Windows of at least `least` bytes (0: as large as can be), doubled until the file has no more than `most`.
[[nodiscard]] Windows choose_windows(std::uint64_t least, std::uint64_t most,
                                     std::uint64_t file_size) noexcept;

/// Fills `cached` (a number of pages for each window) by cachestat, asking for stretches of many windows and
/// looking closer only where one is mixed. Adds to `total`.
[[nodiscard]] Status count_by_cachestat(int fd, const Windows& windows, std::vector<std::uint32_t>& cached,
                                        CachestatCounts& total, const CancelToken& token) noexcept;

/// The same page by page. With `trust_empty` only where cachestat sees any page at all; `total` gets
/// cachestat's other counts then.
[[nodiscard]] Status count_by_mincore(int fd, const Windows& windows, bool trust_empty,
                                      std::vector<std::uint32_t>& cached, CachestatCounts& total,
                                      const CancelToken& token) noexcept;

/// Pages by window that aren't holes.
[[nodiscard]] std::vector<std::uint32_t> data_pages_by_window(int fd, const Windows& windows,
                                                              const CancelToken& token);

}  // namespace warmset
