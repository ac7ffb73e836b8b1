#include "timed_read.h"

#include <unistd.h>

#include <chrono>
#include <vector>

#include "file.h"

namespace warmset {

Result<TimedRead> time_reading(const std::string& path, const CancelToken& token) noexcept {
  constexpr std::size_t kBlock = 1U << 20U;
  std::vector<std::uint8_t> buffer(kBlock);
  const auto start = std::chrono::steady_clock::now();
  auto file = open_for_reading(path);
  if (!file) return file.error();
  TimedRead result;
  while (!token.cancelled()) {
    const ssize_t got = ::read(file.value().fd.get(), buffer.data(), buffer.size());
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return last_error("read");
    }
    result.bytes += static_cast<std::uint64_t>(got);
  }
  result.nanoseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count());
  return result;
}

}  // namespace warmset
