#pragma once

#include <cstdint>

#include "file.h"

namespace warmset {

/// Where blocks are smaller than pages, the last page of a file that was written a moment ago holds blocks
/// behind the end that were never read. read(2) is content without them, and leaves the page as it is: not up
/// to date. A fault completes it. Best effort: the count afterwards tells.
void complete_last_page(int fd, std::uint64_t size) noexcept;

/// Whether reading `piece`, part of data that goes on until `data_end`, may bring in pages of a hole: by huge
/// folios round it, or by read-ahead behind it. A hole's pages cost memory like others (a page of data every
/// 2 MiB became 512 times as much), and no budget counts them. Read alone, a piece brings in just itself.
[[nodiscard]] bool brings_in_holes(bool huge, DataStretch piece, std::uint64_t data_end,
                                   std::uint64_t size) noexcept;

}  // namespace warmset
