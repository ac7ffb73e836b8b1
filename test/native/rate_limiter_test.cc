#include "../../native/core/rate_limiter.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace warmset;

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::uint64_t kPage = 4096;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

TEST_CASE("pieces are what flows in a 25th of a second, whole pages, never more than wanted") {
  const RateLimiter limiter(100 * kMiB);
  CHECK(limiter.piece(64 * kMiB, kPage) == 4 * kMiB);
  CHECK(limiter.piece(2 * kMiB, kPage) == 2 * kMiB);
  CHECK(RateLimiter(1).piece(2 * kMiB, kPage) == kPage);
  CHECK(RateLimiter(0).piece(2 * kMiB, kPage) == 2 * kMiB);
}

TEST_CASE("unlimited never waits") {
  RateLimiter limiter(0);
  for (int turn = 0; turn < 1000; ++turn) REQUIRE(limiter.admit(1ULL << 50U, CancelToken()));
}

TEST_CASE("threads together get no more than the rate, from the start on") {
  RateLimiter limiter(64 * kMiB);
  const CancelToken token;
  std::atomic<std::uint64_t> admitted = 0;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      while (admitted.fetch_add(kMiB) < 20 * kMiB) REQUIRE(limiter.admit(kMiB, token));
    });
  }
  for (auto& thread : threads) thread.join();
  // 20 MiB at 64 MiB/s; the first goes at once. Later is always possible on a busy machine, sooner never.
  CHECK(seconds_since(start) >= (20.0 - 1) / 64 - 0.011);
}

TEST_CASE("a cancelled wait ends and says so") {
  RateLimiter limiter(1);
  const CancelToken token;
  REQUIRE(limiter.admit(1000, token));
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    token.cancel();
  });
  CHECK_FALSE(limiter.admit(1, token));
  canceller.join();
}

TEST_CASE("a new rate wakes those who wait at the old one") {
  RateLimiter limiter(1);
  const CancelToken token;
  REQUIRE(limiter.admit(3600, token));  // an hour
  std::thread changer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    limiter.set_rate(1024 * kMiB);
  });
  CHECK(limiter.admit(1, token));
  changer.join();
  CHECK(limiter.rate() == 1024 * kMiB);
}
