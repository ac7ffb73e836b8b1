#pragma once

#include <cstdint>
#include <string>

#include "result.h"
#include "unique_fd.h"

namespace warmset {

/// What identifies a file.
struct FileFacts {
  std::uint64_t device = 0;  // st_dev as makedev(3) packs it
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;  // bytes on the device; less than size where the file is sparse
  std::uint32_t block = 0;      // preferred block size; smaller than a page on some filesystems
  std::int64_t modified_ns = 0;
  std::uint64_t mount = 0;  // the same for all files of a mount and no others; 0 where the kernel tells none
  bool dax = false;
};

struct OpenFile {
  UniqueFd fd;
  FileFacts facts;
};

/// open(2) for reading, alone. O_NONBLOCK so that a FIFO can't block the thread.
[[nodiscard]] Result<UniqueFd> open_anything(const std::string& path) noexcept;

/// Refuses what isn't a regular file, as open_for_reading() does.
[[nodiscard]] Result<OpenFile> require_regular(UniqueFd fd) noexcept;

/// Opens a regular file for reading. O_NONBLOCK so that a FIFO put in its place can't block the thread;
/// anything but a regular file is refused (EISDIR, or EINVAL for special files).
[[nodiscard]] Result<OpenFile> open_for_reading(const std::string& path) noexcept;

[[nodiscard]] Result<UniqueFd> duplicate(int fd) noexcept;

/// statx(2) on an open descriptor.
[[nodiscard]] Result<FileFacts> identify(int fd) noexcept;

/// f_type of fstatfs(2).
[[nodiscard]] Result<std::uint64_t> filesystem_magic(int fd) noexcept;

/// f_type of statfs(2), for paths that can't or needn't be opened.
[[nodiscard]] Result<std::uint64_t> filesystem_magic(const std::string& path) noexcept;

/// The next stretch of data at or after `offset`, bounded by `end`: lseek(2) SEEK_DATA and SEEK_HOLE.
/// An empty stretch (begin == end) when only a hole follows. Filesystems without support report all data.
struct DataStretch {
  std::uint64_t begin;
  std::uint64_t end;
};
[[nodiscard]] DataStretch next_data(int fd, std::uint64_t offset, std::uint64_t end) noexcept;

}  // namespace warmset
