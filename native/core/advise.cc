#include "advise.h"

#include <fcntl.h>
#include <unistd.h>

#include "mapping.h"

namespace warmset {

Status fadvise(int fd, std::uint64_t offset, std::uint64_t length, int advice) noexcept {
  // Returns the error instead of setting errno.
  const int code = ::posix_fadvise(fd, static_cast<off_t>(offset), static_cast<off_t>(length), advice);
  if (code != 0) return SystemError{code, "posix_fadvise"};
  return Nothing{};
}

Status read_ahead(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  if (::readahead(fd, static_cast<off64_t>(offset), length) != 0) return last_error("readahead");
  return Nothing{};
}

Status evict(int fd, std::uint64_t offset, std::uint64_t length, bool sync) noexcept {
  if (sync && ::fdatasync(fd) != 0) return last_error("fdatasync");
  const std::uint64_t begin = offset / kHugePage * kHugePage;
  if (length == 0) return fadvise(fd, begin, 0, POSIX_FADV_DONTNEED);
  const std::uint64_t end = (offset + length + kHugePage - 1) / kHugePage * kHugePage;
  return fadvise(fd, begin, end - begin, POSIX_FADV_DONTNEED);
}

}  // namespace warmset
