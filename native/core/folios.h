#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "file.h"
#include "folio_clock.h"
#include "result.h"

namespace warmset {

/// Bytes that one window of a sample spans: a huge page where pages are 4 KiB.
inline constexpr std::uint64_t kFolioWindow = 2ULL << 20U;

/// Folios are powers of two of pages; none of the page cache is larger than 2^(this - 1) pages.
inline constexpr std::size_t kFolioOrders = 19;

using PagesByOrder = std::array<std::uint64_t, kFolioOrders>;

struct FolioSpec {
  std::uint64_t most_windows = 64;  // sampled evenly over the file
};

/// How the cached pages of a sample of one file are laid out.
struct FolioSample {
  FileFacts facts;
  std::uint64_t filesystem = 0;
  std::uint64_t windows = 0;  // that the file has
  std::uint64_t sampled = 0;  // that were looked at
  /// Why the kernel's flags couldn't be read; then nothing was counted and there are timings, if those work.
  std::optional<SystemError> refusal;
  std::uint64_t resident = 0;  // pages in the sampled windows, by mincore
  PagesByOrder pages = {};     // of those, by the order of their folio; the others went away meanwhile
  /// Why nothing was timed either.
  std::optional<SystemError> untimed;
  std::vector<FolioTiming> timings;  // one a sampled window that has pages
  double reference = 0;              // nanoseconds a page over single pages of this process; 0: not had
};

/// Samples one file after the other and keeps what all have in common: the kernel's files and the reference.
///
/// Residency stays as it is: only pages that mincore(2) calls resident are mapped, by MADV_POPULATE_READ
/// under MADV_RANDOM, which starts no read-ahead and leaves the pages' age alone. A page that is truncated
/// meanwhile is EFAULT there, and would be SIGBUS when touched.
class FolioSampler {
 public:
  FolioSampler() noexcept;

  [[nodiscard]] Result<FolioSample> sample(const std::string& path, const FolioSpec& spec,
                                           const CancelToken& token) noexcept;

 private:
  Result<UniqueFd> pagemap_;
  Result<UniqueFd> flags_;
  std::optional<FolioClock> clock_;  // made when the first file needs it
};

}  // namespace warmset
