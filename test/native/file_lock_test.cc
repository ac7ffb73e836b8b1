#include "core/file_lock.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool taken(const std::string& path) {
  const auto lock = try_file_lock(path, "a visitor");
  REQUIRE(lock);
  return !lock.value();
}

/// What a second taker waits for, on a thread of its own.
class Waiter {
 public:
  explicit Waiter(const std::string& path)
      : thread_([this, path] {
          const auto lock = wait_for_file_lock(path, "the waiter", token_);
          error_ = lock ? 0 : lock.error().code;
          done_ = true;
        }) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    token_.cancel();
    thread_.join();
  }

  void cancel() const { token_.cancel(); }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] int error() const { return error_; }

 private:
  CancelToken token_;
  std::atomic<bool> done_ = false;
  std::atomic<int> error_ = -1;
  std::thread thread_;
};

}  // namespace

TEST_CASE("one has the lock, until its descriptor is closed") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  {
    const auto lock = try_file_lock(path, "the holder");
    REQUIRE(lock);
    REQUIRE(lock.value());
    CHECK(taken(path));
    CHECK(content(path) == "the holder");
    CHECK((::fcntl(lock.value()->get(), F_GETFD) & FD_CLOEXEC) != 0);
    struct stat info = {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U & ~0644U) == 0);
  }
  CHECK_FALSE(taken(path));
  // A shorter name leaves nothing of a longer one.
  CHECK(content(path) == "a visitor");
}

TEST_CASE("it is flock(2): whoever else uses it sees it, and the other way round") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  write_pages(path, 0, 1);
  const UniqueFd other = open_file(path);
  REQUIRE(::flock(other.get(), LOCK_EX) == 0);
  CHECK(taken(path));
  REQUIRE(::flock(other.get(), LOCK_UN) == 0);
  const auto lock = try_file_lock(path, "");
  REQUIRE(lock);
  REQUIRE(lock.value());
  CHECK(::flock(other.get(), LOCK_EX | LOCK_NB) != 0);
}

TEST_CASE("waiting ends with the lock, with the token, or with what makes it hopeless") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  auto lock = try_file_lock(path, "");
  REQUIRE(lock);
  Waiter waiter(path);
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  CHECK_FALSE(waiter.done());

  SUBCASE("with the lock") {
    lock.value().reset();
    CHECK(eventually([&] { return waiter.done(); }));
    CHECK(waiter.error() == 0);
  }
  SUBCASE("with the token") {
    waiter.cancel();
    CHECK(eventually([&] { return waiter.done(); }));
    CHECK(waiter.error() == ECANCELED);
    CHECK(taken(path));
  }
  SUBCASE("with its directory") {
    REQUIRE(::unlink(path.c_str()) == 0);
    REQUIRE(::rmdir(directory.path().c_str()) == 0);
    CHECK(eventually([&] { return waiter.done(); }));
    CHECK(waiter.error() == ENOENT);
  }
}

TEST_CASE("the lock is that of the path, also when somebody removed the file meanwhile") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  const auto first = try_file_lock(path, "");
  REQUIRE(first);
  REQUIRE(::unlink(path.c_str()) == 0);
  const auto second = try_file_lock(path, "");
  REQUIRE(second);
  CHECK(second.value());
  CHECK(taken(path));
}

TEST_CASE("never two at once, also where every holder removes the file before it lets go") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  constexpr int kRounds = 500;
  std::atomic<int> holders = 0;
  std::atomic<int> most = 0;
  std::atomic<int> refused = 0;
  const auto take = [&] {
    for (int round = 0; round < kRounds;) {
      const auto lock = try_file_lock(path, "x");
      if (!lock) {
        ++refused;
        return;
      }
      if (!lock.value()) continue;
      ++round;
      const int now = ++holders;
      if (now > most) most = now;
      std::this_thread::yield();
      --holders;
      ::unlink(path.c_str());
    }
  };
  std::thread one(take);
  std::thread two(take);
  std::thread three(take);
  one.join();
  two.join();
  three.join();
  CHECK(most == 1);
  CHECK(refused == 0);
}

TEST_CASE("what is no place for a lock says so, and nothing is written to") {
  const TemporaryDirectory directory;
  const std::string victim = directory.file("victim");
  std::ofstream(victim) << "precious";
  REQUIRE(::symlink(victim.c_str(), directory.file("link").c_str()) == 0);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  CHECK(try_file_lock(directory.file("link"), "x").error().code == ELOOP);
  CHECK(try_file_lock(directory.file("fifo"), "x").error().code == EINVAL);
  CHECK(try_file_lock(directory.path(), "x").error().code == EISDIR);
  CHECK(try_file_lock(directory.file("absent/lock"), "x").error().code == ENOENT);
  CHECK(wait_for_file_lock(directory.file("link"), "x", CancelToken()).error().code == ELOOP);
  CHECK(content(victim) == "precious");
  if (is_root()) {
    REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
    const std::string path = directory.file("lock");
    CHECK(as_nobody([&] { return try_file_lock(path, "x").error().code; }) == EACCES);
  }
}
