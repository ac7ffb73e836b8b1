#pragma once

#include <cstdint>
#include <optional>

#include "result.h"

namespace warmset {

/// What cachestat(2) took over one window, per page that it found there.
struct FolioTiming {
  double pages = 0;
  double nanoseconds_a_page = 0;
};

/// Times cachestat(2), whose cost goes with the number of folios and not of pages: so it tells large folios
/// from single pages to those who may not look at the kernel's flags. How much one folio costs differs by
/// machine, so it is held against 2 MiB of single pages of this process, which are made for it and gone with
/// it.
class FolioClock {
 public:
  FolioClock() noexcept;

  /// Nanoseconds for each single page; 0 where that couldn't be found out.
  [[nodiscard]] double reference() const noexcept { return reference_; }

  /// Nothing where too few pages are cached to tell.
  [[nodiscard]] Result<std::optional<FolioTiming>> time(int fd, std::uint64_t offset,
                                                        std::uint64_t length) const noexcept;

 private:
  double call_ = 0;  // nanoseconds of a call that finds nothing
  double reference_ = 0;
};

}  // namespace warmset
