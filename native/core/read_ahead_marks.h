#pragma once

#include <cstdint>

namespace warmset {

/// A page as far behind another as this is out of reach of read-ahead begun there: above every read_ahead_kb
/// seen in the field.
inline constexpr std::uint64_t kReadAheadReach = 64ULL << 20U;

/// Takes the mark "read ahead from here" (PG_readahead) away from huge folios of a part of a file that is
/// resident.
///
/// A fault under MADV_HUGEPAGE marks the last folio that it reads (mm/filemap.c, do_sync_mmap_readahead).
/// Fault-around passes over marked folios, and the first reader of each has the kernel look for a missing
/// page as far as read_ahead_kb reaches: 16 µs a folio with 8 MiB of it (6.18), a fifth of the time it takes
/// to copy one. Only a read takes the mark away, and where anything behind is missing it reads ahead: so only
/// folios are read behind which all is in the cache for kReadAheadReach, or to the end of the file. Best
/// effort: nothing happens where cachestat(2) doesn't tell (before 6.5, overlayfs). Leaves the descriptor
/// without read-ahead.
void take_read_ahead_marks(int fd, std::uint64_t begin, std::uint64_t end) noexcept;

}  // namespace warmset
