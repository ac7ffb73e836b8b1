#include "rate_limiter.h"

#include <algorithm>

namespace warmset {
namespace {

// A thread that woke late may catch up by this much: 1 % of any second.
constexpr std::chrono::milliseconds kCatchUp(10);
// How soon a waiting thread sees that it was cancelled.
constexpr std::chrono::milliseconds kGlance(20);
// No second holds more than one piece too much, 4 %; and from 50 MiB/s on a piece is a huge page.
constexpr std::uint64_t kPiecesASecond = 25;

}  // namespace

void RateLimiter::set_rate(std::uint64_t bytes_per_second) {
  const std::lock_guard lock(mutex_);
  rate_ = bytes_per_second;
  next_ = Clock::now();
  ++generation_;
  changed_.notify_all();
}

std::uint64_t RateLimiter::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

std::uint64_t RateLimiter::piece(std::uint64_t wanted, std::uint64_t page) const {
  const std::uint64_t rate = this->rate();
  if (rate == 0) return wanted;
  return std::clamp(rate / kPiecesASecond / page * page, page, std::max(page, wanted));
}

bool RateLimiter::admit(std::uint64_t bytes, const CancelToken& token) {
  std::unique_lock lock(mutex_);
  while (!token.cancelled()) {
    if (rate_ == 0) return true;
    const auto turn = std::max(next_, Clock::now() - kCatchUp);
    const auto cost = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(rate_)));
    next_ = turn + cost;
    const std::uint64_t generation = generation_;
    while (generation == generation_ && Clock::now() < turn && !token.cancelled()) {
      changed_.wait_until(lock, std::min(turn, Clock::now() + kGlance));
    }
    // After a change of rate the turn is counted afresh.
    if (generation == generation_) return !token.cancelled();
  }
  return false;
}

}  // namespace warmset
