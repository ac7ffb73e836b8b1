#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cancel.h"
#include "result.h"
#include "shared_extents.h"

namespace warmset {

enum class InventoryKind { kFile, kDirectory, kLink, kOther, kUnreadable };

/// One name of a directory; symbolic links are not followed: what they lead to lies elsewhere.
struct InventoryEntry {
  std::string name;
  InventoryKind kind = InventoryKind::kOther;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;  // bytes on the device
  std::uint64_t links = 0;
  std::int64_t modified_ns = 0;
  SharedExtents shared;         // of files from `least` bytes on
  SystemError error = {0, ""};  // with kUnreadable
};

struct Inventory {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t filesystem = 0;  // f_type of statfs(2)
  std::vector<InventoryEntry> entries;
};

/// What takes up space in a directory. Opens only files of `least` bytes and more, and those only where files
/// can share data: on other filesystems an open could cost the page cache of a FUSE file.
[[nodiscard]] Result<Inventory> take_inventory(const std::string& path, std::uint64_t least,
                                               const CancelToken& token) noexcept;

}  // namespace warmset
