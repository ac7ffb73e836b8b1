#include "quiet_read.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "advise.h"
#include "file.h"
#include "footprint.h"
#include "kernel_abi.h"
#include "page_probe.h"

namespace warmset {
namespace {

// What O_DIRECT wants at most: logical blocks are 512 or 4096 bytes.
constexpr std::uint64_t kAlign = 4096;
constexpr std::uint64_t kPiece = 1U << 20U;

struct Freed {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

bool refuses(int error) noexcept {
  return error == EINVAL || error == EOPNOTSUPP || error == ENOSYS;
}

/// One file, opened once, and which ways of reading it takes.
class QuietReader {
 public:
  QuietReader(int fd, std::uint64_t size) noexcept : fd_(fd) {
    // Read-ahead would bring in what nobody asked for.
    static_cast<void>(fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
    truthful_ = PageProbe(fd, size).truthful();
    direct_ = set_direct(true);
  }

  /// As pread(2): the bytes that came, or -1 and errno.
  ssize_t read(void* buffer, std::uint64_t offset, std::uint64_t length) noexcept {
    const auto before = Footprint::take(fd_, offset, length, kAround);
    const ssize_t got = fetch(buffer, offset, length);
    const int error = errno;
    if (truthful_ && before)
      put_back(before.value(), offset, length);
    else
      left_.reset();
    errno = error;
    return got;
  }

  [[nodiscard]] std::optional<std::uint64_t> left() const noexcept { return left_; }

 private:
  ssize_t fetch(void* buffer, std::uint64_t offset, std::uint64_t length) noexcept {
    const auto place = static_cast<off_t>(offset);
    if (direct_) {
      const ssize_t got = ::pread(fd_, buffer, length, place);
      if (got >= 0 || !refuses(errno)) return got;
      direct_ = false;
      static_cast<void>(set_direct(false));
    }
    const iovec vector = {buffer, length};
    if (dontcache_) {
      const ssize_t got = ::preadv2(fd_, &vector, 1, place, kRwfDontcache);
      if (got >= 0 || !refuses(errno)) return got;
      dontcache_ = false;
    }
    return ::pread(fd_, buffer, length, place);
  }

  /// Also behind O_DIRECT: compressed btrfs and ext4 with data=journal accept it and read through the cache.
  void put_back(const Footprint& before, std::uint64_t offset, std::uint64_t length) noexcept {
    auto after = Footprint::take(fd_, offset, length, kAround);
    if (after && before.added(after.value()) > 0) {
      before.evict_added(fd_, after.value(), offset, length);
      after = Footprint::take(fd_, offset, length, kAround);
    }
    if (!after)
      left_.reset();
    else if (left_)
      *left_ += before.added(after.value());
  }

  [[nodiscard]] bool set_direct(bool on) const noexcept {
    const int flags = ::fcntl(fd_, F_GETFL);
    return flags >= 0 && ::fcntl(fd_, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
  }

  int fd_;
  bool truthful_ = false;
  bool direct_ = false;
  bool dontcache_ = true;
  std::optional<std::uint64_t> left_ = 0;
};

}  // namespace

Result<QuietRead> read_quietly(const QuietFile& file, std::uint64_t offset, std::uint64_t length,
                               const std::shared_ptr<RateLimiter>& limiter,
                               const CancelToken& token) noexcept {
  auto opened = open_for_reading(file.path);
  if (!opened) return opened.error();
  const FileFacts& facts = opened.value().facts;
  if (facts.device != file.device || facts.inode != file.inode) return SystemError{ESTALE, "open"};

  QuietRead result;
  const std::uint64_t size = facts.size;
  const std::uint64_t end = offset < size ? offset + std::min(length, size - offset) : offset;
  const std::unique_ptr<void, Freed> buffer(std::aligned_alloc(kAlign, kPiece));
  if (!buffer) return SystemError{ENOMEM, "read"};
  QuietReader reader(opened.value().fd.get(), size);
  result.bytes.reserve(end - offset);
  std::uint64_t at = offset;
  while (at < end) {
    const std::uint64_t begin = at - (at % kAlign);
    std::uint64_t piece = std::min(kPiece, ((end - begin + kAlign - 1) / kAlign) * kAlign);
    std::optional<RateLimiter::Turn> turn;
    if (limiter) {
      turn = limiter->admit(piece, kAlign, token);
      if (!turn) break;
      piece = std::min(piece, turn->bytes);
    }
    if (token.cancelled()) break;
    const ssize_t got = reader.read(buffer.get(), begin, piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read");
    const std::uint64_t stop = std::min(begin + static_cast<std::uint64_t>(got), end);
    if (stop <= at) break;
    const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
    result.bytes.insert(result.bytes.end(), bytes + (at - begin), bytes + (stop - begin));
    at = stop;
  }
  result.left = reader.left();
  return result;
}

}  // namespace warmset
