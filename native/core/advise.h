#pragma once

#include <cstdint>

#include "result.h"

namespace warmset {

/// posix_fadvise(2). One WILLNEED is cut by the kernel to max(read_ahead_kb, max_sectors_kb) and still
/// succeeds: ask for small pieces. DONTNEED skips mapped, dirty and locked pages and large folios that the
/// range covers only in part.
[[nodiscard]] Status fadvise(int fd, std::uint64_t offset, std::uint64_t length, int advice) noexcept;

/// readahead(2), cut as WILLNEED is.
[[nodiscard]] Status read_ahead(int fd, std::uint64_t offset, std::uint64_t length) noexcept;

/// Gives the file's clean, unmapped, unlocked pages back. With `sync` dirty pages are written first:
/// fdatasync(2). A `length` of 0 means to the end of the file. The range is widened to whole huge pages,
/// because DONTNEED keeps a folio that it covers in part.
[[nodiscard]] Status evict(int fd, std::uint64_t offset, std::uint64_t length, bool sync) noexcept;

}  // namespace warmset
