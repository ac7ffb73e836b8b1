#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "result.h"

namespace warmset {

/// A window of a file to map, and where to touch it.
struct OpenProbeSpec {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;           // of the window, a multiple of the page size
  std::uint64_t length = 0;           // 0: to the end of the file
  std::vector<std::uint64_t> places;  // offsets in the file, within the window
};

enum class Temperature { kCold, kWarm, kUnknown };

enum class TouchFate {
  kTouched,
  kEnded,  // behind the end of the file, or of the window
  kFailed,
};

struct Touch {
  TouchFate fate = TouchFate::kFailed;
  Temperature temperature = Temperature::kUnknown;  // just before
  std::uint64_t nanoseconds = 0;
  SystemError error = {0, ""};
};

struct OpenProbe {
  bool replaced = false;  // another file is at the path: nothing else was done
  std::uint64_t open_ns = 0;
  std::uint64_t map_ns = 0;
  std::vector<Touch> touches;  // by place, in order; fewer when cancelled
  /// Pages near the places that weren't resident before: brought in by the touches, and still there when
  /// those were taken out again. Upper bounds where others read, too. Nothing where mincore doesn't say.
  std::optional<std::uint64_t> brought;
  std::optional<std::uint64_t> left;
};

/// Times open(2), mmap(2), and the first touch of single pages, as a loader has them; then takes out what it
/// brought in. A page is touched by MADV_POPULATE_READ, which is an error where a touch by hand would be
/// SIGBUS, and without read-ahead. The error is of open or mmap.
[[nodiscard]] Result<OpenProbe> probe_open(const OpenProbeSpec& spec, const CancelToken& token);

}  // namespace warmset
