#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cancel.h"
#include "result.h"

namespace warmset {

/// pread(2) of one range, without read-ahead (FADV_RANDOM), so that a look at a header of a cold file makes
/// no more of it resident than was asked for. Fewer bytes where the file ends earlier. `length` is the memory
/// it takes.
[[nodiscard]] Result<std::vector<std::uint8_t>> read_range(const std::string& path, std::uint64_t offset,
                                                           std::uint64_t length,
                                                           const CancelToken& token) noexcept;

}  // namespace warmset
