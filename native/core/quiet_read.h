#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "rate_limiter.h"
#include "result.h"

namespace warmset {

struct QuietFile {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

struct QuietRead {
  std::vector<std::uint8_t> bytes;
  /// Pages that are in the cache now and weren't before; nothing where mincore doesn't say.
  std::optional<std::uint64_t> left;
};

/// Reads a range of a file and leaves the page cache as it was: O_DIRECT, then RWF_DONTCACHE, then an
/// ordinary read whose pages are evicted again; the last only where mincore tells which of them were there
/// before, because somebody's pages aren't ours to evict. Fewer bytes where the file ends earlier. Each piece
/// waits for its turn with `limiter`. ESTALE when another file is at the path.
[[nodiscard]] Result<QuietRead> read_quietly(const QuietFile& file, std::uint64_t offset,
                                             std::uint64_t length,
                                             const std::shared_ptr<RateLimiter>& limiter,
                                             const CancelToken& token) noexcept;

}  // namespace warmset
