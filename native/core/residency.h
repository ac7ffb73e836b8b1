#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "cancel.h"
#include "kernel_abi.h"
#include "mapping.h"
#include "result.h"

namespace warmset {

struct PageRun {
  std::uint64_t first;
  std::uint64_t count;
};

/// cachestat(2), Linux 6.5: page counts of a byte range. Counts pages whose read is still in flight; answers
/// 0 on overlayfs whatever is resident. `length` 0 means to the end of the file.
[[nodiscard]] Result<CachestatCounts> cachestat(int fd, std::uint64_t offset, std::uint64_t length) noexcept;

/// Gets the first page of a chunk and one mincore byte a page.
using ChunkVisitor = std::function<void(std::uint64_t first_page, std::span<const std::uint8_t> pages)>;

/// mincore(2) over a byte range, mapped a chunk at a time so that memory doesn't grow with the file. The
/// offset is rounded down and the end up to whole pages. Stops early, without error, when cancelled.
[[nodiscard]] Status visit_resident_pages(int fd, std::uint64_t offset, std::uint64_t length,
                                          const CancelToken& token, const ChunkVisitor& visit) noexcept;

/// Number of pages in the range that mincore(2) calls resident.
[[nodiscard]] Result<std::uint64_t> count_by_mincore(int fd, std::uint64_t offset, std::uint64_t length,
                                                     const CancelToken& token) noexcept;

/// The resident pages of the range as maximal runs, page numbers counted from the start of the file.
[[nodiscard]] Result<std::vector<PageRun>> resident_runs(int fd, std::uint64_t offset, std::uint64_t length,
                                                         const CancelToken& token) noexcept;

/// The same for a part of a mapping, page numbers counted from the start of the mapping.
[[nodiscard]] Result<std::vector<PageRun>> resident_runs(const Mapping& mapping, std::uint64_t offset,
                                                         std::uint64_t length,
                                                         const CancelToken& token) noexcept;

/// Number of pages that a reader gets without waiting: preadv2(2) with RWF_NOWAIT. The one source that is
/// true for a caller who neither owns the file nor may write it, but not a pure one: a page that is missing
/// starts being read. Fit for checking a fill, not for asking what was there. EOPNOTSUPP where the filesystem
/// can't.
[[nodiscard]] Result<std::uint64_t> count_by_nowait(int fd, std::uint64_t offset, std::uint64_t length,
                                                    const CancelToken& token) noexcept;

}  // namespace warmset
