#include "file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "file.h"

namespace warmset {
namespace {

constexpr std::chrono::milliseconds kBetweenTries(50);
// A file that somebody removes and makes again at this very moment; more often than this is no accident.
constexpr int kMostReplacements = 16;

Result<UniqueFd> open_or_create(const std::string& path) noexcept {
  // O_NOFOLLOW: the file is written to, and must not be one that somebody's link points at. O_NONBLOCK: a
  // FIFO in its place must not block the thread.
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
  for (int attempt = 0; attempt < kMostReplacements; ++attempt) {
    UniqueFd fd(::open(path.c_str(), kFlags));
    if (fd) return fd;
    if (errno != ENOENT) return last_error("open");
    // Only now O_CREAT: on a file of another user in a sticky directory it is EACCES (fs.protected_regular).
    UniqueFd created(::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0644));
    if (created) return created;
    if (errno != EEXIST) return last_error("open");
  }
  return SystemError{EAGAIN, "open"};
}

/// Whether the path still names the file that was locked, and not one made after somebody removed it.
bool still_there(const std::string& path, const FileFacts& locked) noexcept {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0 && info.st_ino == locked.inode && info.st_dev == locked.device;
}

/// A hint for humans: a full disk must not cost the lock. What stood there before goes away in any case.
void sign(int fd, const std::string& holder) noexcept {
  if (::ftruncate(fd, 0) != 0) return;
  const ssize_t written = ::pwrite(fd, holder.data(), holder.size(), 0);
  static_cast<void>(written);
}

}  // namespace

Result<std::optional<UniqueFd>> try_file_lock(const std::string& path, const std::string& holder) noexcept {
  for (int attempt = 0; attempt < kMostReplacements; ++attempt) {
    auto opened = open_or_create(path);
    if (!opened) return opened.error();
    auto file = require_regular(std::move(opened).value());
    if (!file) return file.error();
    UniqueFd fd = std::move(file.value().fd);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::optional<UniqueFd>();
      if (errno == EINTR) continue;
      return last_error("flock");
    }
    if (!still_there(path, file.value().facts)) continue;
    sign(fd.get(), holder);
    return std::optional<UniqueFd>(std::move(fd));
  }
  return SystemError{EAGAIN, "flock"};
}

Result<UniqueFd> wait_for_file_lock(const std::string& path, const std::string& holder,
                                    const CancelToken& token) noexcept {
  while (!token.cancelled()) {
    auto lock = try_file_lock(path, holder);
    if (!lock) return lock.error();
    if (lock.value()) return *std::move(lock.value());
    std::this_thread::sleep_for(kBetweenTries);
  }
  return SystemError{ECANCELED, "flock"};
}

}  // namespace warmset
