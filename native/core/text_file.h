#pragma once

#include <string>

#include "result.h"

namespace warmset {

/// All of a text file of the kernel's. Their size is only known at their end: statx(2) says 0, or a page.
/// EFBIG for what goes on past 16 MiB, which no such file does.
[[nodiscard]] Result<std::string> read_text(const std::string& path) noexcept;

}  // namespace warmset
