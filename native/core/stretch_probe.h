#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cancel.h"
#include "result.h"

namespace warmset {

/// A stretch of a file that is touched page by page.
struct StretchProbeSpec {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  // a multiple of the page size
  std::uint64_t length = 0;  // up to kLongestStretch; less where the file ends earlier
};

/// Bounds how much a probe may bring in, and the two maps of pages that it holds.
inline constexpr std::uint64_t kLongestStretch = 1ULL << 28U;

struct StretchProbe {
  bool replaced = false;  // another file is at the path: nothing else was done
  bool ended = false;     // the file became shorter meanwhile
  std::uint64_t pages = 0;
  std::uint64_t touched = 0;  // fewer when it ended, failed or was cancelled
  std::uint64_t nanoseconds = 0;
  /// Just before. Nothing where mincore doesn't say.
  std::optional<std::uint64_t> resident;
  /// Pages in and behind the stretch that weren't resident before: brought in, and still there when those
  /// were taken out again. Upper bounds where others read, too.
  std::optional<std::uint64_t> brought;
  std::optional<std::uint64_t> left;
  std::optional<SystemError> error;  // of the page that couldn't be touched
};

/// Times page faults from the beginning of a stretch to its end, with the read-ahead that a loader has; then
/// takes out what they brought in. A fault that would be SIGBUS is `ended`. The error is of open or mmap.
[[nodiscard]] Result<StretchProbe> probe_stretch(const StretchProbeSpec& spec, const CancelToken& token);

}  // namespace warmset
