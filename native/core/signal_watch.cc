#include "signal_watch.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

#include "process.h"

namespace warmset {
namespace {

std::atomic<int> target = -1;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

std::atomic<bool> watching = false;
std::array<struct sigaction, NSIG> replaced;
std::array<bool, NSIG> taken;

extern "C" void record_signal(int number, siginfo_t* info, void* /*context*/) {
  const int before = errno;
  const bool kernel = info->si_code > 0;
  const SignalRecord record = {number, kernel ? 1 : 0, kernel ? 0 : info->si_pid};
  // Whole or not at all (pipe(7)); into a full pipe of 5000 signals nobody needs another.
  static_cast<void>(!::write(target.load(std::memory_order_relaxed), &record, sizeof record));
  errno = before;
}

}  // namespace

Result<int> watch_signals(const std::vector<int>& numbers) noexcept {
  if (watching.exchange(true)) return SystemError{EBUSY, "sigaction"};
  const auto ends = make_pipe();
  if (!ends) {
    watching = false;
    return ends.error();
  }
  const auto [reading, writing] = ends.value();
  ::fcntl(writing, F_SETFL, O_NONBLOCK);
  target = writing;
  taken.fill(false);
  for (const int number : numbers) {
    struct sigaction action = {};
    action.sa_sigaction = record_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    if (::sigaction(number, &action, &replaced[number]) == 0) {
      taken[number] = true;
      continue;
    }
    const auto failure = last_error("sigaction");
    unwatch_signals();
    ::close(reading);
    return failure;
  }
  return reading;
}

void unwatch_signals() noexcept {
  if (!watching) return;
  for (int number = 1; number < NSIG; ++number) {
    if (taken[number]) ::sigaction(number, &replaced[number], nullptr);
  }
  ::close(target.exchange(-1));
  watching = false;
}

}  // namespace warmset
