#include "drain.h"

#include <charconv>
#include <thread>

#include "text_file.h"

namespace warmset {

Result<bool> wait_for_drain(const std::string& inflight, std::chrono::milliseconds patience,
                            const CancelToken& token) noexcept {
  constexpr std::chrono::microseconds kStep(500);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!token.cancelled()) {
    const auto text = read_text(inflight);
    if (!text) return text.error();
    const char* begin = text.value().data();
    const char* end = begin + text.value().size();
    while (begin != end && *begin == ' ') ++begin;
    std::uint64_t reads = 0;
    if (std::from_chars(begin, end, reads).ec != std::errc()) return SystemError{EINVAL, "read"};
    if (reads == 0) return true;
    if (std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(kStep);
  }
  return false;
}

}  // namespace warmset
