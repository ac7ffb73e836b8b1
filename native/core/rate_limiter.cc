#include "rate_limiter.h"

#include <algorithm>

namespace warmset {
namespace {

// A thread that woke late may catch up by this much: 1 % of any second.
constexpr std::chrono::milliseconds kCatchUp(10);
// How soon a waiting thread sees that it was cancelled.
constexpr std::chrono::milliseconds kGlance(20);
// More doesn't fit a time point; nobody waits for so long.
constexpr std::chrono::duration<double> kLongest = std::chrono::hours(24 * 365);

std::chrono::steady_clock::duration to_ticks(std::chrono::duration<double> seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::min(seconds, kLongest));
}

}  // namespace

void RateLimiter::set_rate(std::uint64_t bytes_per_second) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  if (rate_ == 0 || bytes_per_second == 0) {
    next_ = now;
  } else if (next_ > now) {
    const std::chrono::duration<double> owed = next_ - now;
    next_ = now + to_ticks(owed * (static_cast<double>(rate_) / static_cast<double>(bytes_per_second)));
  }
  rate_ = bytes_per_second;
  changed_.notify_all();
}

std::uint64_t RateLimiter::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

void RateLimiter::pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void RateLimiter::resume() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
  changed_.notify_all();
}

std::uint64_t RateLimiter::piece(std::uint64_t wanted, std::uint64_t page) const {
  return std::min(wanted, std::max(page, rate_ / pieces_ / page * page));
}

RateLimiter::Turn RateLimiter::begin(std::uint64_t bytes, bool limited) noexcept {
  under_way_.fetch_add(1);
  return {bytes, limited, this};
}

bool RateLimiter::open() const {
  const std::lock_guard lock(mutex_);
  return rate_ == 0 && !paused_;
}

bool RateLimiter::paused() const {
  const std::lock_guard lock(mutex_);
  return paused_;
}

std::optional<RateLimiter::Turn> RateLimiter::admit(std::uint64_t wanted, std::uint64_t page,
                                                    const CancelToken& token) {
  std::unique_lock lock(mutex_);
  while (!token.cancelled()) {
    const auto now = Clock::now();
    if (paused_) {
      changed_.wait_until(lock, now + kGlance);
    } else if (rate_ == 0) {
      return begin(wanted, false);
    } else if (now < next_) {
      changed_.wait_until(lock, std::min(next_, now + kGlance));
    } else {
      const std::uint64_t bytes = piece(wanted, page);
      const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
      next_ = std::max(next_, now - kCatchUp) + to_ticks(cost);
      return begin(bytes, true);
    }
  }
  return std::nullopt;
}

}  // namespace warmset
