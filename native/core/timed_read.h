#pragma once

#include <cstdint>
#include <string>

#include "cancel.h"
#include "result.h"

namespace warmset {

struct TimedRead {
  std::uint64_t bytes = 0;
  std::uint64_t nanoseconds = 0;
};

/// Reads a file from start to end as a loader does, read(2) in blocks of 1 MiB, and says how long it took by
/// CLOCK_MONOTONIC. The pages stay in the cache.
[[nodiscard]] Result<TimedRead> time_reading(const std::string& path, const CancelToken& token) noexcept;

}  // namespace warmset
