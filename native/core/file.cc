#include "file.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "kernel_abi.h"

namespace warmset {
namespace {

#ifdef STATX_ATTR_DAX
constexpr std::uint64_t kStatxDax = STATX_ATTR_DAX;
#else
constexpr std::uint64_t kStatxDax = 0x00200000;  // Linux 5.8
#endif

/// Filesystems keep any 64-bit second; those beyond the years 1677 to 2262 are all the same to us.
std::int64_t to_nanoseconds(const statx_timestamp& time) noexcept {
  std::int64_t whole = 0;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(std::int64_t{time.tv_sec}, std::int64_t{1'000'000'000}, &whole) ||
      __builtin_add_overflow(whole, std::int64_t{time.tv_nsec}, &sum)) {
    return time.tv_sec < 0 ? std::numeric_limits<std::int64_t>::min()
                           : std::numeric_limits<std::int64_t>::max();
  }
  return sum;
}

Result<struct statx> look_at(int fd) noexcept {
  struct statx info = {};
  if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS | kStatxMountIdUnique,
              &info) != 0) {
    return last_error("statx");
  }
  return info;
}

FileFacts to_facts(const struct statx& info) noexcept {
  return {
      .device = ::makedev(info.stx_dev_major, info.stx_dev_minor),
      .inode = info.stx_ino,
      .size = info.stx_size,
      .allocated = info.stx_blocks * 512,
      .block = info.stx_blksize,
      .modified_ns = to_nanoseconds(info.stx_mtime),
      .mount = (info.stx_mask & kStatxMountIdUnique) != 0 ? info.stx_mnt_id : 0,
      .dax = (info.stx_attributes & kStatxDax) != 0,
  };
}

}  // namespace

Result<UniqueFd> duplicate(int fd) noexcept {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) return last_error("dup");
  return copy;
}

Result<UniqueFd> open_anything(const std::string& path) noexcept {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return last_error("open");
  return fd;
}

Result<OpenFile> require_regular(UniqueFd fd) noexcept {
  auto info = look_at(fd.get());
  if (!info) return info.error();
  if (S_ISDIR(info.value().stx_mode)) return SystemError{EISDIR, "open"};
  if (!S_ISREG(info.value().stx_mode)) return SystemError{EINVAL, "open"};
  return OpenFile{std::move(fd), to_facts(info.value())};
}

Result<OpenFile> open_for_reading(const std::string& path) noexcept {
  auto fd = open_anything(path);
  if (!fd) return fd.error();
  return require_regular(std::move(fd).value());
}

Result<FileFacts> identify(int fd) noexcept {
  auto info = look_at(fd);
  if (!info) return info.error();
  return to_facts(info.value());
}

Result<std::uint64_t> filesystem_magic(int fd) noexcept {
  struct statfs info = {};
  if (::fstatfs(fd, &info) != 0) return last_error("fstatfs");
  // f_type is signed on some architectures and its upper half is noise there.
  return static_cast<std::uint64_t>(info.f_type) & 0xffffffffU;
}

Result<std::uint64_t> filesystem_magic(const std::string& path) noexcept {
  struct statfs info = {};
  if (::statfs(path.c_str(), &info) != 0) return last_error("statfs");
  return static_cast<std::uint64_t>(info.f_type) & 0xffffffffU;
}

DataStretch next_data(int fd, std::uint64_t offset, std::uint64_t end) noexcept {
  if (offset >= end) return {end, end};
  const off_t data = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0) {
    if (errno == ENXIO) return {end, end};
    return {offset, end};
  }
  const auto begin = std::min(static_cast<std::uint64_t>(data), end);
  if (begin == end) return {end, end};
  const off_t hole = ::lseek(fd, data, SEEK_HOLE);
  if (hole < 0) return {begin, end};
  return {begin, std::min(static_cast<std::uint64_t>(hole), end)};
}

}  // namespace warmset
