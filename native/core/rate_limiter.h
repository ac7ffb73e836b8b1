#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "cancel.h"

namespace warmset {

/// Spreads bytes evenly over time, for any number of threads and fills. No credit is saved up: the first
/// second is like every other, and so is the first one behind a pause. Every change takes effect at once,
/// also for threads that are waiting.
class RateLimiter {
 public:
  /// What may be read now, and as long as it lives, is being read. The limiter must outlive it.
  class Turn {
   public:
    std::uint64_t bytes;
    bool limited;  // at this moment there is a rate: the kernel must not read ahead of these bytes

   private:
    friend RateLimiter;
    struct End {
      void operator()(RateLimiter* limiter) const noexcept { limiter->under_way_.fetch_sub(1); }
    };
    Turn(std::uint64_t bytes, bool limited, RateLimiter* limiter) noexcept
        : bytes(bytes), limited(limited), limiter_(limiter) {}
    std::unique_ptr<RateLimiter, End> limiter_;
  };

  /// No second holds more than one piece too much, 4 %; and from 50 MiB/s on a piece is a huge page.
  static constexpr std::uint64_t kUsualPieces = 25;

  /// `bytes_per_second` of 0: unlimited. `pieces`: into how many each second's bytes are cut, from 1. Many
  /// small ones make neighbours on the device wait less, and leave small folios behind.
  explicit RateLimiter(std::uint64_t bytes_per_second, std::uint64_t pieces = kUsualPieces) noexcept
      : pieces_(pieces), rate_(bytes_per_second) {}

  /// What was read at the old rate and not yet waited for is waited for at the new one, so that no number of
  /// changes lets more through than the rates do.
  void set_rate(std::uint64_t bytes_per_second);
  [[nodiscard]] std::uint64_t rate() const;

  /// Nothing is admitted until resume(), whatever the rate. Twice is once.
  void pause();
  void resume();
  [[nodiscard]] bool paused() const;

  /// Nothing that was admitted is still being read.
  [[nodiscard]] bool idle() const noexcept { return under_way_.load() == 0; }

  /// Neither a rate nor a pause holds anything back now.
  [[nodiscard]] bool open() const;

  /// Waits for a turn and says how many bytes it is good for: `wanted`, or at a limited rate the largest
  /// multiple of `page` (at least one) that keeps the flow even. Nothing when cancelled.
  [[nodiscard]] std::optional<Turn> admit(std::uint64_t wanted, std::uint64_t page, const CancelToken& token);

 private:
  using Clock = std::chrono::steady_clock;

  // With the mutex held, so that whoever pauses and then finds it idle knows that it stays so.
  [[nodiscard]] Turn begin(std::uint64_t bytes, bool limited) noexcept;
  [[nodiscard]] std::uint64_t piece(std::uint64_t wanted, std::uint64_t page) const;

  const std::uint64_t pieces_;
  std::atomic<std::uint64_t> under_way_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t rate_;
  bool paused_ = false;
  Clock::time_point next_;  // when the next bytes may go
};

}  // namespace warmset
