#include "stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <utility>

namespace warmset::waiter {
namespace {

/// The same pipe or terminal, opened once more and without waiting: made so on the descriptor itself, it
/// would be so for all who share it. -1 where that isn't to be had.
int open_anew(int fd) noexcept {
  std::array<char, 32> path = {"/proc/self/fd/"};
  auto* const end = path.data() + path.size() - 1;
  std::to_chars(path.data() + sizeof "/proc/self/fd/" - 1, end, fd);
  return ::open(path.data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

bool can_wait(const struct stat& facts, int fd) noexcept {
  return S_ISFIFO(facts.st_mode) || (S_ISCHR(facts.st_mode) && ::isatty(fd) == 1);
}

bool comes_again(int error) noexcept {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

void Stream::open(const Carrying& carrying) noexcept {
  held_ = carrying.held;
  source_ = carrying.source;
  sink_ = carrying.sink;
  piece_ = bytes_.size();
  struct stat facts = {};
  if (::fstat(sink_, &facts) != 0) return;
  socket_ = S_ISSOCK(facts.st_mode);
  if (!can_wait(facts, sink_)) return;
  const int own = open_anew(sink_);
  if (own < 0) piece_ = PIPE_BUF;
  if (own >= 0) sink_ = own;
}

pollfd Stream::wanted() const noexcept {
  if (over()) return {-1, 0, 0};
  if (has_bytes()) return {sink_, POLLOUT, 0};
  return {held_ < 0 ? source_ : held_, POLLIN, 0};
}

void Stream::step() noexcept {
  if (has_bytes()) return write_some();
  read_some();
}

void Stream::read_some() noexcept {
  const int from = held_ < 0 ? source_ : held_;
  const ssize_t got = ::read(from, bytes_.data(), bytes_.size());
  if (got < 0 && comes_again(errno)) return;
  if (got > 0) {
    from_ = 0;
    to_ = static_cast<std::size_t>(got);
  } else if (held_ >= 0) {
    ::close(std::exchange(held_, -1));
  } else {
    close();
  }
}

void Stream::write_some() noexcept {
  const auto length = std::min(to_ - from_, piece_);
  const char* const begin = bytes_.data() + from_;
  const ssize_t written =
      socket_ ? ::send(sink_, begin, length, MSG_DONTWAIT | MSG_NOSIGNAL) : ::write(sink_, begin, length);
  if (written < 0 && comes_again(errno)) return;
  // Nobody reads any more, or the disk is full: the server's next write tells it.
  if (written < 0) return close();
  from_ += static_cast<std::size_t>(written);
}

void Stream::close() noexcept {
  if (held_ >= 0) ::close(held_);
  ::close(source_);
  // The standard streams are the process's, and stay.
  if (sink_ > STDERR_FILENO) ::close(sink_);
  held_ = source_ = sink_ = -1;
  from_ = to_ = 0;
}

void Stream::leave_standard_streams() noexcept {
  if (over() || sink_ > STDERR_FILENO) return;
  const int own = ::fcntl(sink_, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (own < 0) return close();
  sink_ = own;
}

}  // namespace warmset::waiter
