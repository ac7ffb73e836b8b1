#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "quiet_read.h"
#include "rate_limiter.h"
#include "result.h"

namespace warmset {

enum class EntryKind { kFile, kDirectory, kLink, kOther };

/// What a copy of a name needs to know of it; a symbolic link is itself.
struct EntryFacts {
  EntryKind kind = EntryKind::kOther;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;  // bytes on the device
  std::uint64_t links = 0;
  std::int64_t modified_ns = 0;
  std::uint32_t mode = 0;  // permission bits
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::string leads_to;  // of a link
};

[[nodiscard]] Result<EntryFacts> look_at_entry(const std::string& path) noexcept;

/// Opens a file that is being copied, or makes it (0600). ELOOP for a symbolic link in its place.
[[nodiscard]] Result<EntryFacts> open_partial(const std::string& path) noexcept;

struct CopiedPiece {
  std::vector<std::uint8_t> bytes;  // what was read and written
  std::uint64_t hole = 0;           // or so many that are none: of neither file anything is touched
  /// Pages of the source that are in the cache now and weren't before; nothing where mincore doesn't say.
  std::optional<std::uint64_t> left = 0;
};

/// Copies what of a range is data, at most 1 MiB of it and up to the first hole; where the range begins with
/// a hole, says how long that is. The source's pages are left as they were; those of the destination are
/// dirty. Each piece waits for its turn with `limiter`. ESTALE when another file is at either path. Fewer
/// bytes where the source ends.
[[nodiscard]] Result<CopiedPiece> copy_piece(const QuietFile& source, const QuietFile& destination,
                                             std::uint64_t offset, std::uint64_t length,
                                             const std::shared_ptr<RateLimiter>& limiter,
                                             const CancelToken& token) noexcept;

/// Brings what was written to the disk; unless `keep`, its pages leave the cache.
[[nodiscard]] Status settle_window(const QuietFile& destination, std::uint64_t offset, std::uint64_t length,
                                   bool keep) noexcept;

/// FICLONE: shares the source's data. False where filesystems can't, or these two aren't one.
[[nodiscard]] Result<bool> clone_file(const QuietFile& source, const QuietFile& destination) noexcept;

struct Publication {
  std::string at;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint32_t mode = 0;
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  bool keep = false;  // its pages in the cache
};

/// Gives a copied file its length, owner, mode and time, brings it to the disk, and puts it in the place of
/// another or none, on the same filesystem. Owners that may not be given are left out.
[[nodiscard]] Status publish_file(const QuietFile& destination, const Publication& publication) noexcept;

}  // namespace warmset
