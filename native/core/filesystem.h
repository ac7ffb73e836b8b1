#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "result.h"

namespace warmset {

struct FilesystemFacts {
  std::uint64_t magic = 0;      // f_type of statfs(2)
  std::uint64_t total = 0;      // bytes
  std::uint64_t free = 0;       // bytes
  std::uint64_t available = 0;  // bytes that an ordinary user may still write
  std::uint64_t inodes = 0;     // 0: made as they are needed
  std::uint64_t free_inodes = 0;
  std::optional<bool> reflinks;  // asked of xfs only: mount options don't tell
};

/// statfs(2), and of xfs whether it was made with reflink=1. Waits as long as a dead server does.
[[nodiscard]] Result<FilesystemFacts> look_at_filesystem(const std::string& path) noexcept;

}  // namespace warmset
