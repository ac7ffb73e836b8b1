#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "result.h"

namespace warmset {

enum class EntryKind { kFile, kDirectory, kSocket, kFifo, kDevice, kDangling, kUnreadable };

/// One name of a directory, symbolic links followed.
struct DirectoryEntry {
  std::string name;  // bytes as the filesystem has them, whatever the encoding
  EntryKind kind = EntryKind::kFile;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  SystemError error = {0, ""};  // with kUnreadable
};

struct DirectoryListing {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::vector<DirectoryEntry> entries;  // in the order the filesystem gives them
};

[[nodiscard]] Result<DirectoryListing> list_directory(const std::string& path) noexcept;

/// What stands at a path, symbolic links followed; the name is the path itself.
[[nodiscard]] Result<DirectoryEntry> look_up(const std::string& path) noexcept;

}  // namespace warmset
