#include "read_range.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "file.h"

namespace warmset {

Result<std::vector<std::uint8_t>> read_range(const std::string& path, std::uint64_t offset,
                                             std::uint64_t length, const CancelToken& token) noexcept {
  auto file = open_for_reading(path);
  if (!file) return file.error();
  const int fd = file.value().fd.get();
  // Advice, no more: where it is refused the same bytes are read.
  (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  const std::uint64_t size = file.value().facts.size;
  // A file of /proc says 0 and has bytes all the same; those are not what this reads.
  const std::uint64_t present = offset < size ? std::min(length, size - offset) : 0;
  std::vector<std::uint8_t> bytes(present);
  std::uint64_t done = 0;
  while (done < present && !token.cancelled()) {
    constexpr std::uint64_t kPiece = 1U << 20U;  // how soon a cancel is seen
    const ssize_t got =
        ::pread(fd, bytes.data() + done, std::min(kPiece, present - done), static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read");
    if (got == 0) break;
    done += static_cast<std::uint64_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace warmset
