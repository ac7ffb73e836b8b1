#include "core/drain.h"

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

#include "support.h"

using namespace std::chrono_literals;
using namespace warmset;
using namespace warmset::test;

namespace {

constexpr DrainPatience kLong = {1h, 1h};

void write_text(const std::string& path, const char* text) {
  std::ofstream(path, std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("nothing in flight is drained, and writes don't count") {
  const TemporaryDirectory directory;
  write_text(directory.file("inflight"), "       0        7\n");
  CHECK(wait_for_drain(RateLimiter(0), directory.file("inflight"), kLong, CancelToken()).value() ==
        Drained::kYes);
  CHECK(wait_for_drain(RateLimiter(0), "", kLong, CancelToken()).value() == Drained::kYes);
}

TEST_CASE("what doesn't drain ends the patience, what does is seen") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       3        0\n");
  CHECK(wait_for_drain(RateLimiter(0), path, {1h, 5ms}, CancelToken()).value() == Drained::kDeviceBusy);
  std::thread device([&] {
    std::this_thread::sleep_for(20ms);
    // In one step, as sysfs changes: a truncated file would be no number.
    write_text(path + ".new", "       0        0\n");
    std::rename((path + ".new").c_str(), path.c_str());
  });
  CHECK(wait_for_drain(RateLimiter(0), path, kLong, CancelToken()).value() == Drained::kYes);
  device.join();
}

TEST_CASE("what was admitted and isn't on the device yet is waited for, too") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       0        0\n");
  RateLimiter limiter(0);
  const CancelToken token;
  auto turn = limiter.admit(1, 1, token);
  REQUIRE(turn);
  limiter.pause();
  for (const std::string& file : {path, std::string()}) {
    CHECK(wait_for_drain(limiter, file, {5ms, 1h}, token).value() == Drained::kOwnLeft);
  }
  std::thread stream([&] {
    std::this_thread::sleep_for(20ms);
    turn.reset();
  });
  CHECK(wait_for_drain(limiter, path, kLong, token).value() == Drained::kYes);
  stream.join();
}

TEST_CASE("a cancelled wait ends, and a device that tells nothing says so") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       3        0\n");
  const CancelToken token;
  token.cancel();
  CHECK(wait_for_drain(RateLimiter(0), path, kLong, token).value() == Drained::kDeviceBusy);
  CHECK(wait_for_drain(RateLimiter(0), directory.file("absent"), kLong, CancelToken()).error().code ==
        ENOENT);
  write_text(path, "busy\n");
  CHECK(wait_for_drain(RateLimiter(0), path, kLong, CancelToken()).error().code == EINVAL);
}
