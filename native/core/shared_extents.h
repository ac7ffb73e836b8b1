#pragma once

#include <cstdint>
#include <vector>

namespace warmset {

struct PhysicalRange {
  std::uint64_t offset;  // bytes on the filesystem's device, or in btrfs' own address space
  std::uint64_t length;
};

struct SharedExtents {
  bool known = true;  // false: the filesystem doesn't say, or says it of compressed data only
  std::vector<PhysicalRange> ranges;
};

/// Which parts of a file's data other files share (reflinks, snapshots), by FIEMAP. Reads nothing and writes
/// nothing out, so data that has no place yet is taken for unshared, as it is.
[[nodiscard]] SharedExtents find_shared_extents(int fd) noexcept;

/// Whether files of such a filesystem (f_type of statfs(2)) can share data at all.
[[nodiscard]] bool can_share_extents(std::uint64_t magic) noexcept;

}  // namespace warmset
