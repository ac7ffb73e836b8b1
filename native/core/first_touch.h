#pragma once

#include <cstdint>

#include "mapping.h"
#include "unique_fd.h"

namespace warmset {

/// Has a processor of this machine touch pages that only a device has written so far.
///
/// The host of a virtual machine may have no memory mapped there for its guest's processors (it takes free
/// memory back): then the first touch of each page takes microseconds (0.9 s a GiB, 6.18, Firecracker, EPT),
/// whoever is the first. Elsewhere it takes nothing, so a few pages of a window are timed and the rest is
/// touched only where they were slow. One per thread.
class FirstTouch {
 public:
  /// Pages of a window that tell of all: fewer, and what the call itself takes would look like slow ones.
  static constexpr std::uint64_t kTimed = 16;

  FirstTouch() noexcept;

  /// Touches what is slow to touch of a part of a mapping whose pages are resident. `offset` must be a
  /// multiple of the page size. Best effort: a page that was truncated meanwhile ends it.
  void touch(const Mapping& mapping, std::uint64_t offset, std::uint64_t length) noexcept;

  /// For tests: pages that were touched so far.
  [[nodiscard]] std::uint64_t touched() const noexcept { return touched_; }

 private:
  [[nodiscard]] bool touch_pages(const Mapping& mapping, std::uint64_t first, std::uint64_t count,
                                 std::uint64_t step) noexcept;

  UniqueFd sink_;
  std::uint64_t touched_ = 0;
};

}  // namespace warmset
