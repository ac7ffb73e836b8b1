#include "copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "advise.h"
#include "file.h"

namespace warmset {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kPiece = 1U << 20U;  // what a job takes of the memory
constexpr std::size_t kMostLink = 4096;      // PATH_MAX

EntryFacts to_facts(const struct stat& info) noexcept {
  EntryFacts facts;
  facts.kind = S_ISREG(info.st_mode)   ? EntryKind::kFile
               : S_ISDIR(info.st_mode) ? EntryKind::kDirectory
               : S_ISLNK(info.st_mode) ? EntryKind::kLink
                                       : EntryKind::kOther;
  facts.device = info.st_dev;
  facts.inode = info.st_ino;
  facts.size = static_cast<std::uint64_t>(info.st_size);
  facts.allocated = static_cast<std::uint64_t>(info.st_blocks) * 512;
  facts.links = info.st_nlink;
  facts.modified_ns = (std::int64_t{info.st_mtim.tv_sec} * kSecond) + info.st_mtim.tv_nsec;
  facts.mode = info.st_mode & 07777U;
  facts.owner = info.st_uid;
  facts.group = info.st_gid;
  return facts;
}

timespec to_time(std::int64_t nanoseconds) noexcept {
  std::int64_t seconds = nanoseconds / kSecond;
  std::int64_t rest = nanoseconds % kSecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  }
  return {.tv_sec = static_cast<time_t>(seconds), .tv_nsec = static_cast<long>(rest)};
}

Result<UniqueFd> open_again(const QuietFile& file) noexcept {
  UniqueFd fd(::open(file.path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
  if (!fd) return last_error("open");
  auto facts = identify(fd.get());
  if (!facts) return facts.error();
  if (facts.value().device != file.device || facts.value().inode != file.inode) {
    return SystemError{ESTALE, "open"};
  }
  return fd;
}

Status write_all(int fd, const std::vector<std::uint8_t>& bytes, std::uint64_t offset) noexcept {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put =
        ::pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return last_error("write");
    if (put == 0) return SystemError{EIO, "write"};
    done += static_cast<std::size_t>(put);
  }
  return Nothing{};
}

/// The name is only in its directory.
Status sync_directory_of(const std::string& path) noexcept {
  const auto slash = path.rfind('/');
  const std::string directory =
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return last_error("open");
  // Some of FUSE can't; the file is in its place all the same.
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EOPNOTSUPP) return last_error("fsync");
  return Nothing{};
}

}  // namespace

Result<EntryFacts> look_at_entry(const std::string& path) noexcept {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) != 0) return last_error("lstat");
  EntryFacts facts = to_facts(info);
  if (facts.kind == EntryKind::kLink) {
    std::array<char, kMostLink> target = {};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return last_error("readlink");
    if (static_cast<std::size_t>(length) == target.size()) return SystemError{ENAMETOOLONG, "readlink"};
    facts.leads_to.assign(target.data(), static_cast<std::size_t>(length));
  }
  return facts;
}

Result<EntryFacts> open_partial(const std::string& path) noexcept {
  const UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
  if (!fd) return last_error("open");
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return last_error("fstat");
  if (!S_ISREG(info.st_mode)) return SystemError{EINVAL, "open"};
  return to_facts(info);
}

Result<CopiedPiece> copy_piece(const QuietFile& source, const QuietFile& destination, std::uint64_t offset,
                               std::uint64_t length, const std::shared_ptr<RateLimiter>& limiter,
                               const CancelToken& token) noexcept {
  const std::uint64_t end = offset + length;
  DataStretch data = {offset, end};
  {
    auto opened = open_for_reading(source.path);
    if (!opened) return opened.error();
    const std::uint64_t stop = std::min(end, opened.value().facts.size);
    if (stop > offset) data = next_data(opened.value().fd.get(), offset, stop);
  }
  CopiedPiece piece;
  if (data.begin > offset) {
    piece.hole = data.begin - offset;
    return piece;
  }
  auto read = read_quietly(source, offset, std::min(kPiece, data.end - offset), limiter, token);
  if (!read) return read.error();
  piece.bytes = std::move(read.value().bytes);
  piece.left = read.value().left;
  auto fd = open_again(destination);
  if (!fd) return fd.error();
  if (auto status = write_all(fd.value().get(), piece.bytes, offset); !status) return status.error();
  return piece;
}

Status settle_window(const QuietFile& destination, std::uint64_t offset, std::uint64_t length,
                     bool keep) noexcept {
  auto fd = open_again(destination);
  if (!fd) return fd.error();
  if (!keep) return evict(fd.value().get(), offset, length, true);
  if (::fdatasync(fd.value().get()) != 0) return last_error("fdatasync");
  return Nothing{};
}

Result<bool> clone_file(const QuietFile& source, const QuietFile& destination) noexcept {
  auto from = open_for_reading(source.path);
  if (!from) return from.error();
  if (from.value().facts.device != source.device || from.value().facts.inode != source.inode) {
    return SystemError{ESTALE, "open"};
  }
  auto to = open_again(destination);
  if (!to) return to.error();
  if (::ioctl(to.value().get(), FICLONE, from.value().fd.get()) == 0) return true;
  switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
      return last_error("ioctl");
    default:
      return false;  // EXDEV, EOPNOTSUPP, EINVAL, ENOTTY: bytes can be copied all the same
  }
}

Status publish_file(const QuietFile& destination, const Publication& publication) noexcept {
  auto opened = open_again(destination);
  if (!opened) return opened.error();
  const int fd = opened.value().get();
  if (::ftruncate(fd, static_cast<off_t>(publication.size)) != 0) return last_error("ftruncate");
  // Before the mode: a change of owner takes set-user-ID bits away.
  if (::fchown(fd, publication.owner, publication.group) != 0 && errno != EPERM && errno != EINVAL) {
    return last_error("fchown");
  }
  if (::fchmod(fd, publication.mode) != 0) return last_error("fchmod");
  const timespec time = to_time(publication.modified_ns);
  const std::array<timespec, 2> times = {time, time};
  if (::futimens(fd, times.data()) != 0) return last_error("futimens");
  if (::fsync(fd) != 0) return last_error("fsync");
  if (!publication.keep) static_cast<void>(evict(fd, 0, 0, false));
  if (::rename(destination.path.c_str(), publication.at.c_str()) != 0) return last_error("rename");
  return sync_directory_of(publication.at);
}

}  // namespace warmset
