#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "cancel.h"

namespace warmset {

/// Spreads bytes evenly over time, for any number of threads and fills. No credit is saved up: the first
/// second is like every other.
class RateLimiter {
 public:
  /// `bytes_per_second` of 0: unlimited.
  explicit RateLimiter(std::uint64_t bytes_per_second) noexcept : rate_(bytes_per_second) {}

  /// Takes effect at once, also for threads that are waiting.
  void set_rate(std::uint64_t bytes_per_second);
  [[nodiscard]] std::uint64_t rate() const;

  /// The largest piece, a multiple of `page` and no more than `wanted`, that keeps the flow even at this
  /// rate.
  [[nodiscard]] std::uint64_t piece(std::uint64_t wanted, std::uint64_t page) const;

  /// Waits until it is the turn of so many bytes. False when cancelled meanwhile.
  [[nodiscard]] bool admit(std::uint64_t bytes, const CancelToken& token);

 private:
  using Clock = std::chrono::steady_clock;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t rate_;
  std::uint64_t generation_ = 0;
  Clock::time_point next_;  // when the next bytes may go
};

}  // namespace warmset
