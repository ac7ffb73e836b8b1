#include "directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string_view>

#include "unique_fd.h"

namespace warmset {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

EntryKind kind_of(mode_t mode) noexcept {
  if (S_ISREG(mode)) return EntryKind::kFile;
  if (S_ISDIR(mode)) return EntryKind::kDirectory;
  if (S_ISSOCK(mode)) return EntryKind::kSocket;
  if (S_ISFIFO(mode)) return EntryKind::kFifo;
  return EntryKind::kDevice;
}

DirectoryEntry describe(std::string name, const struct stat& info) {
  return {
      .name = std::move(name),
      .kind = kind_of(info.st_mode),
      .device = info.st_dev,
      .inode = info.st_ino,
      .size = static_cast<std::uint64_t>(info.st_size),
  };
}

}  // namespace

Result<DirectoryListing> list_directory(const std::string& path) noexcept {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return last_error("scandir");
  struct stat self = {};
  if (::fstat(fd.get(), &self) != 0) return last_error("fstat");
  // fdopendir takes the descriptor over, so it gets one of its own.
  const int owned = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0);
  if (owned < 0) return last_error("scandir");
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(owned));
  if (!directory) return last_error("scandir");

  DirectoryListing listing = {.device = self.st_dev, .inode = self.st_ino, .entries = {}};
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) {
      if (errno != 0) return last_error("scandir");
      return listing;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info = {};
    if (::fstatat(fd.get(), entry->d_name, &info, 0) == 0) {
      listing.entries.push_back(describe(std::string(name), info));
      continue;
    }
    const SystemError error = last_error("stat");
    // A name that vanished between readdir and stat looks like a dangling link; so does a link to itself.
    const bool dangling = error.code == ENOENT || error.code == ELOOP;
    listing.entries.push_back({.name = std::string(name),
                               .kind = dangling ? EntryKind::kDangling : EntryKind::kUnreadable,
                               .error = error});
  }
}

Result<DirectoryEntry> look_up(const std::string& path) noexcept {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return last_error("stat");
  return describe(path, info);
}

}  // namespace warmset
