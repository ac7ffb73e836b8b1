#include "filesystem.h"

#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <array>

#include "file.h"
#include "kernel_abi.h"

namespace warmset {
namespace {

std::optional<bool> xfs_reflinks(const std::string& path) noexcept {
  const auto fd = open_anything(path);
  if (!fd) return std::nullopt;
  XfsGeometry geometry = {};
  if (::ioctl(fd.value().get(), kXfsGeometry, &geometry) != 0) return std::nullopt;
  return (geometry.flags & kXfsReflink) != 0;
}

}  // namespace

Result<FilesystemFacts> look_at_filesystem(const std::string& path) noexcept {
  struct statfs info = {};
  if (::statfs(path.c_str(), &info) != 0) return last_error("statfs");
  // Blocks are counted in fragments, which equal f_bsize on most filesystems but not on all.
  const auto unit = static_cast<std::uint64_t>(info.f_frsize > 0 ? info.f_frsize : info.f_bsize);
  FilesystemFacts facts = {
      .magic = static_cast<std::uint64_t>(info.f_type) & 0xffffffffU,
      .total = info.f_blocks * unit,
      .free = info.f_bfree * unit,
      .available = info.f_bavail * unit,
      .inodes = info.f_files,
      .free_inodes = info.f_ffree,
      .reflinks = std::nullopt,
  };
  if (facts.magic == kXfsMagic) facts.reflinks = xfs_reflinks(path);
  return facts;
}

}  // namespace warmset
