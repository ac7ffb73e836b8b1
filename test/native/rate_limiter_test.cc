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

std::uint64_t first_piece(std::uint64_t rate, std::uint64_t wanted) {
  return RateLimiter(rate).admit(wanted, kPage, CancelToken())->bytes;
}

/// Runs `change` in a moment, on another thread, while `wait` waits on this one.
template <class Change, class Wait>
auto meanwhile(Change change, Wait wait) {
  std::thread changer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    change();
  });
  auto outcome = wait();
  changer.join();
  return outcome;
}

}  // namespace

TEST_CASE("pieces are what flows in a 25th of a second, whole pages, never more than wanted") {
  CHECK(first_piece(100 * kMiB, 64 * kMiB) == 4 * kMiB);
  CHECK(first_piece(100 * kMiB, 2 * kMiB) == 2 * kMiB);
  CHECK(first_piece(100 * kMiB, 100) == 100);
  CHECK(first_piece(1, 2 * kMiB) == kPage);
  CHECK(first_piece(0, 2 * kMiB) == 2 * kMiB);
}

TEST_CASE("unlimited never waits, and says that it is") {
  RateLimiter limiter(0);
  for (int turn = 0; turn < 1000; ++turn) {
    const auto admitted = limiter.admit(1ULL << 50U, kPage, CancelToken());
    REQUIRE(admitted);
    REQUIRE(admitted->bytes == 1ULL << 50U);
    REQUIRE_FALSE(admitted->limited);
  }
}

TEST_CASE("threads together get no more than the rate, from the start on") {
  RateLimiter limiter(64 * kMiB);
  const CancelToken token;
  std::atomic<std::uint64_t> admitted = 0;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      while (admitted.fetch_add(kMiB) < 20 * kMiB) REQUIRE(limiter.admit(kMiB, kPage, token)->bytes == kMiB);
    });
  }
  for (auto& thread : threads) thread.join();
  // 20 MiB at 64 MiB/s; the first goes at once. Later is always possible on a busy machine, sooner never.
  CHECK(seconds_since(start) >= (20.0 - 1) / 64 - 0.011);
}

TEST_CASE("a cancelled wait ends and says so") {
  RateLimiter limiter(1);
  const CancelToken token;
  REQUIRE(limiter.admit(kPage, kPage, token));
  CHECK_FALSE(meanwhile([&] { token.cancel(); }, [&] { return limiter.admit(1, kPage, token); }));
}

TEST_CASE("a new rate wakes those who wait at the old one") {
  RateLimiter limiter(1);
  const CancelToken token;
  REQUIRE(limiter.admit(kPage, kPage, token));  // more than an hour
  CHECK(meanwhile([&] { limiter.set_rate(1024 * kMiB); }, [&] { return limiter.admit(1, kPage, token); })
            ->limited);
  CHECK(limiter.rate() == 1024 * kMiB);
}

TEST_CASE("a limit that is taken away wakes them too, and a limit can come to one that had none") {
  RateLimiter limiter(1);
  const CancelToken token;
  REQUIRE(limiter.admit(kPage, kPage, token));
  const auto free =
      meanwhile([&] { limiter.set_rate(0); }, [&] { return limiter.admit(kMiB, kPage, token); });
  REQUIRE(free);
  CHECK(free->bytes == kMiB);
  CHECK_FALSE(free->limited);
  limiter.set_rate(25 * 64 * kPage);
  const auto limited = limiter.admit(kMiB, kPage, token);
  REQUIRE(limited);
  CHECK(limited->bytes == 64 * kPage);
  CHECK(limited->limited);
}

TEST_CASE("however often the rate changes, no more gets through than the rates allow") {
  RateLimiter limiter(16 * kMiB);
  const CancelToken token;
  std::atomic<bool> done = false;
  std::thread changer([&] {
    for (std::uint64_t turn = 0; !done; ++turn) {
      limiter.set_rate((turn % 2 == 0 ? 15 : 16) * kMiB);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto start = Clock::now();
  std::uint64_t first = 0;
  std::uint64_t total = 0;
  while (total < 6 * kMiB) {
    const auto turn = limiter.admit(kMiB, kPage, token);
    if (total == 0) first = turn->bytes;
    total += turn->bytes;
  }
  const double seconds = seconds_since(start);
  done = true;
  changer.join();
  // The last piece goes before its time is over.
  CHECK(seconds >= static_cast<double>(total - 2 * first) / static_cast<double>(16 * kMiB) - 0.011);
}

TEST_CASE("a change of rate between extremes overflows nothing") {
  RateLimiter limiter(1ULL << 53U);
  const CancelToken token;
  REQUIRE(limiter.admit(1ULL << 53U, kPage, token));
  limiter.set_rate(1);
  const CancelToken impatient;
  CHECK_FALSE(meanwhile([&] { impatient.cancel(); }, [&] { return limiter.admit(1, kPage, impatient); }));
  limiter.set_rate(1ULL << 53U);
  CHECK(limiter.admit(1, kPage, token));
}

TEST_CASE("a pause holds whatever the rate, until resumed or cancelled") {
  for (const std::uint64_t rate : {std::uint64_t{0}, 1024 * kMiB}) {
    CAPTURE(rate);
    RateLimiter limiter(rate);
    limiter.pause();
    limiter.pause();
    CHECK(limiter.paused());
    const CancelToken token;
    std::atomic<bool> resumed = false;
    // A new rate doesn't end a pause.
    const bool in_turn = meanwhile(
        [&] {
          limiter.set_rate(rate);
          std::this_thread::sleep_for(std::chrono::milliseconds(30));
          resumed = true;
          limiter.resume();
        },
        [&] { return limiter.admit(1, kPage, token) && resumed; });
    CHECK(in_turn);
    CHECK_FALSE(limiter.paused());
    CHECK(limiter.admit(1, kPage, token));
    limiter.pause();
    CHECK_FALSE(meanwhile([&] { token.cancel(); }, [&] { return limiter.admit(1, kPage, token); }));
  }
}

TEST_CASE("a pause saves nothing up") {
  RateLimiter limiter(16 * kMiB);
  const CancelToken token;
  REQUIRE(limiter.admit(kMiB, kPage, token));
  limiter.pause();
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  limiter.resume();
  const auto start = Clock::now();
  std::uint64_t total = 0;
  while (total < 3 * kMiB) total += limiter.admit(kMiB, kPage, token)->bytes;
  CHECK(seconds_since(start) >= (3.0 - 2 * 16.0 / 25) / 16 - 0.011);
}

TEST_CASE("what was admitted is under way until its turn ends") {
  RateLimiter limiter(0);
  const CancelToken token;
  CHECK(limiter.idle());
  {
    const auto one = limiter.admit(kPage, kPage, token);
    auto other = limiter.admit(kPage, kPage, token);
    CHECK_FALSE(limiter.idle());
    const auto moved = std::move(other);
    CHECK_FALSE(limiter.idle());
  }
  CHECK(limiter.idle());
  token.cancel();
  CHECK_FALSE(limiter.admit(kPage, kPage, token));
  CHECK(limiter.idle());
}
