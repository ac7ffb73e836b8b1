#include "core/drain.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "support.h"

using namespace std::chrono_literals;
using namespace warmset;
using namespace warmset::test;

namespace {

void write_text(const std::string& path, const char* text) {
  std::ofstream(path, std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("nothing in flight is drained, and writes don't count") {
  const TemporaryDirectory directory;
  write_text(directory.file("inflight"), "       0        7\n");
  CHECK(wait_for_drain(directory.file("inflight"), 1h, CancelToken()).value());
}

TEST_CASE("what doesn't drain ends the patience, what does is seen") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       3        0\n");
  CHECK_FALSE(wait_for_drain(path, 5ms, CancelToken()).value());
  std::thread device([&] {
    std::this_thread::sleep_for(20ms);
    // In one step, as sysfs changes: a truncated file would be no number.
    write_text(path + ".new", "       0        0\n");
    std::rename((path + ".new").c_str(), path.c_str());
  });
  CHECK(wait_for_drain(path, 1h, CancelToken()).value());
  device.join();
}

TEST_CASE("a moment without reads is no drain") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       0        0\n");
  // One byte in its place: a file that is renamed over another may wait for the disk, and look quiet
  // meanwhile.
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  std::atomic<bool> over = false;
  std::thread device([&] {
    for (bool busy = true; !over; busy = !busy) {
      CHECK(::pwrite(file.get(), busy ? "2" : "0", 1, 7) == 1);
      std::this_thread::sleep_for(1ms);
    }
  });
  CHECK_FALSE(wait_for_drain(path, 60ms, CancelToken()).value());
  over = true;
  device.join();
}

TEST_CASE("a cancelled wait ends, and a device that tells nothing says so") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("inflight");
  write_text(path, "       3        0\n");
  const CancelToken token;
  token.cancel();
  CHECK_FALSE(wait_for_drain(path, 1h, token).value());
  CHECK(wait_for_drain(directory.file("absent"), 1h, CancelToken()).error().code == ENOENT);
  write_text(path, "busy\n");
  CHECK(wait_for_drain(path, 1h, CancelToken()).error().code == EINVAL);
}
