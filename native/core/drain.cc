#include "drain.h"

#include <charconv>
#include <thread>

#include "text_file.h"

namespace warmset {

Result<bool> wait_for_drain(const std::string& inflight, std::chrono::milliseconds patience,
                            const CancelToken& token) noexcept {
  constexpr std::chrono::microseconds kStep(500);
  // A stream that copies what it has read has nothing in flight for a moment, and then reads on to its
  // window's end: with a single look engines that copy were taken for neighbours of themselves, and slowed to
  // a tenth.
  constexpr int kQuietLooks = 8;
  const auto until = std::chrono::steady_clock::now() + patience;
  int quiet = 0;
  while (!token.cancelled()) {
    const auto text = read_text(inflight);
    if (!text) return text.error();
    const char* begin = text.value().data();
    const char* end = begin + text.value().size();
    while (begin != end && *begin == ' ') ++begin;
    std::uint64_t reads = 0;
    if (std::from_chars(begin, end, reads).ec != std::errc()) return SystemError{EINVAL, "read"};
    quiet = reads == 0 ? quiet + 1 : 0;
    if (quiet == kQuietLooks) return true;
    if (std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(kStep);
  }
  return false;
}

}  // namespace warmset
