#include "file.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

namespace warmset {
namespace {

#ifdef STATX_ATTR_DAX
constexpr std::uint64_t kStatxDax = STATX_ATTR_DAX;
#else
constexpr std::uint64_t kStatxDax = 0x00200000;  // Linux 5.8
#endif

constexpr uid_t kOverflowUid = 65534;  // what an unmapped owner looks like inside a user namespace

/// True outside user namespaces: there 65534 is a user like any other.
bool every_owner_is_mapped() noexcept {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  return (map >> inside >> outside >> count) && inside == 0 && count >= 0xffffffffU;
}

bool has_cap_fowner() noexcept {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data = {};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  return (data[0].effective & (1U << CAP_FOWNER)) != 0;
}

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

}  // namespace

Result<UniqueFd> open_for_reading(const std::string& path) noexcept {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return last_error("open");
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return last_error("fstat");
  if (S_ISDIR(info.st_mode)) return SystemError{EISDIR, "open"};
  if (!S_ISREG(info.st_mode)) return SystemError{EINVAL, "open"};
  return fd;
}

Result<UniqueFd> duplicate(int fd) noexcept {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) return last_error("dup");
  return copy;
}

Result<FileFacts> identify(int fd) noexcept {
  struct statx info = {};
  if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, &info) != 0) {
    return last_error("statx");
  }
  return FileFacts{
      .device = ::makedev(info.stx_dev_major, info.stx_dev_minor),
      .inode = info.stx_ino,
      .size = info.stx_size,
      .allocated = info.stx_blocks * 512,
      .modified_ns = to_nanoseconds(info.stx_mtime),
      .owner = info.stx_uid,
      .dax = (info.stx_attributes & kStatxDax) != 0,
  };
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

QueryRights query_rights(int fd, const FileFacts& facts) noexcept {
  // Seen from a user namespace, 65534 can be anybody's file; the kernel would refuse it, so it isn't owned.
  const bool owner_is_known = facts.owner != kOverflowUid || every_owner_is_mapped();
  return {
      .owner = owner_is_known && (facts.owner == ::geteuid() || has_cap_fowner()),
      .writable = ::syscall(SYS_faccessat2, fd, "", W_OK, AT_EACCESS | AT_EMPTY_PATH) == 0,
  };
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
