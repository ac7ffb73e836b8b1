#pragma once

#include <cstdint>

#include "file.h"

namespace warmset {

/// Which filesystem open files are on, asked once for files of the same mount that come one after the other:
/// fstatfs(2) adds counters of all processors up, and cost a tenth of a small file's survey.
class FilesystemsByMount {
 public:
  /// As filesystem_magic(). Files whose mount isn't known (0) are asked each.
  [[nodiscard]] Result<std::uint64_t> magic(int fd, std::uint64_t mount) noexcept {
    if (mount != 0 && mount == mount_) return magic_;
    auto found = filesystem_magic(fd);
    if (found) {
      mount_ = mount;
      magic_ = found.value();
    }
    return found;
  }

 private:
  std::uint64_t mount_ = 0;
  std::uint64_t magic_ = 0;
};

}  // namespace warmset
