#include "core/signal_mask.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

#if defined(__SANITIZE_THREAD__)
// It calls handlers later, outside of the signal, whose context then changes nothing.
constexpr bool kHandlersAreDelayed = true;
#else
constexpr bool kHandlersAreDelayed = false;
#endif

sigset_t only(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  return set;
}

/// A thread that waits until it is told to end, and then says what it blocks.
class Waiting {
 public:
  explicit Waiting(const sigset_t& blocked)
      : thread_([this, blocked] {
          ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
          std::unique_lock lock(mutex_);
          ready_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return ending_; });
          ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
        }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_; });
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    if (thread_.joinable()) static_cast<void>(end());
  }

  [[nodiscard]] sigset_t end() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
    return mask_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  bool ending_ = false;
  sigset_t mask_ = {};
  std::thread thread_;
};

}  // namespace

TEST_CASE("no thread takes a blocked signal: it stays pending for the process" *
          doctest::skip(kHandlersAreDelayed)) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  std::array<Waiting, 3> threads = {Waiting(none), Waiting(only(SIGUSR2)), Waiting(all)};

  sigset_t before;
  REQUIRE(block_signals_everywhere(only(SIGUSR1), before).ok());
  CHECK(sigismember(&before, SIGUSR1) == 0);
  // To whoever takes it, it would be the end.
  ::kill(::getpid(), SIGUSR1);
  sigset_t pending;
  ::sigpending(&pending);
  CHECK(sigismember(&pending, SIGUSR1) == 1);
  int taken = 0;
  const auto signals = only(SIGUSR1);
  CHECK(::sigwait(&signals, &taken) == 0);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  for (auto& thread : threads) {
    const auto mask = thread.end();
    CHECK(sigismember(&mask, SIGUSR1) == 1);
  }
}
