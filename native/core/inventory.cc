#include "inventory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <memory>
#include <string_view>

#include "file.h"
#include "unique_fd.h"

namespace warmset {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

InventoryKind kind_of(unsigned mode) noexcept {
  if (S_ISREG(mode)) return InventoryKind::kFile;
  if (S_ISDIR(mode)) return InventoryKind::kDirectory;
  if (S_ISLNK(mode)) return InventoryKind::kLink;
  return InventoryKind::kOther;
}

SharedExtents shared_of(int directory, const char* name) noexcept {
  const UniqueFd fd(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  return fd ? find_shared_extents(fd.get()) : SharedExtents{.known = false, .ranges = {}};
}

InventoryEntry look_at(int directory, const char* name) noexcept {
  struct statx info = {};
  if (::statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &info) != 0) {
    return {.name = name, .kind = InventoryKind::kUnreadable, .shared = {}, .error = last_error("statx")};
  }
  return {
      .name = name,
      .kind = kind_of(info.stx_mode),
      .device = ::makedev(info.stx_dev_major, info.stx_dev_minor),
      .inode = info.stx_ino,
      .size = info.stx_size,
      .allocated = info.stx_blocks * 512,
      .links = info.stx_nlink,
      .modified_ns = (info.stx_mtime.tv_sec * 1'000'000'000) + info.stx_mtime.tv_nsec,
      .shared = {},
  };
}

}  // namespace

Result<Inventory> take_inventory(const std::string& path, std::uint64_t least,
                                 const CancelToken& token) noexcept {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return last_error("scandir");
  struct stat self = {};
  if (::fstat(fd.get(), &self) != 0) return last_error("fstat");
  const auto magic = filesystem_magic(fd.get());
  if (!magic) return magic.error();
  // fdopendir takes the descriptor over, so it gets one of its own.
  const int owned = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
  if (owned < 0) return last_error("scandir");
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(owned));
  if (!directory) return last_error("scandir");

  Inventory inventory = {
      .device = self.st_dev, .inode = self.st_ino, .filesystem = magic.value(), .entries = {}};
  const bool sharing = can_share_extents(inventory.filesystem);
  while (!token.cancelled()) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) {
      if (errno != 0) return last_error("scandir");
      break;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    InventoryEntry found = look_at(fd.get(), entry->d_name);
    if (sharing && found.kind == InventoryKind::kFile && found.size >= least) {
      found.shared = shared_of(fd.get(), entry->d_name);
    }
    inventory.entries.push_back(std::move(found));
  }
  return inventory;
}

}  // namespace warmset
