#include "drain.h"

#include <charconv>
#include <thread>

#include "text_file.h"

namespace warmset {

namespace {

Result<std::uint64_t> reads_in_flight(const std::string& inflight) noexcept {
  const auto text = read_text(inflight);
  if (!text) return text.error();
  const char* begin = text.value().data();
  const char* end = begin + text.value().size();
  while (begin != end && *begin == ' ') ++begin;
  std::uint64_t reads = 0;
  if (std::from_chars(begin, end, reads).ec != std::errc()) return SystemError{EINVAL, "read"};
  return reads;
}

}  // namespace

Result<Drained> wait_for_drain(const RateLimiter& limiter, const std::string& inflight,
                               DrainPatience patience, const CancelToken& token) noexcept {
  constexpr std::chrono::microseconds kStep(500);
  const auto begun = std::chrono::steady_clock::now();
  while (true) {
    // A stream that copies what it has read has nothing in flight for a moment, and then reads on to its
    // window's end: by the device alone engines that copy were taken for neighbours of themselves.
    const bool idle = limiter.idle();
    if (idle) {
      if (inflight.empty()) return Drained::kYes;
      const auto reads = reads_in_flight(inflight);
      if (!reads) return reads.error();
      if (reads.value() == 0) return Drained::kYes;
    }
    const auto waited = std::chrono::steady_clock::now() - begun;
    if (token.cancelled() || waited >= (idle ? patience.device : patience.own)) {
      return idle ? Drained::kDeviceBusy : Drained::kOwnLeft;
    }
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace warmset
