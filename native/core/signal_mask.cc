#include "signal_mask.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "text_file.h"

namespace warmset {
namespace {

constexpr int kLooks = 50;
constexpr timespec kBetweenLooks = {0, 1'000'000};

/// Which signals the other threads are asked to block. Written before any is asked.
sigset_t wanted;

/// What a handler finds in its context is what its thread has when it returns.
extern "C" void block_here(int /*number*/, siginfo_t* /*info*/, void* context) {
  auto& mask = static_cast<ucontext_t*>(context)->uc_sigmask;
  for (int number = 1; number < NSIG; ++number) {
    if (sigismember(&wanted, number) == 1) sigaddset(&mask, number);
  }
}

struct ThreadState {
  bool stuck = false;
  bool blocks = false;
};

std::uint64_t bits(const sigset_t& set) noexcept {
  std::uint64_t value = 0;
  for (int number = 1; number < NSIG; ++number) {
    if (sigismember(&set, number) == 1) value |= std::uint64_t{1} << (number - 1);
  }
  return value;
}

std::string_view field(std::string_view text, std::string_view name) noexcept {
  const auto at = text.find(name);
  if (at == std::string_view::npos) return {};
  const auto value = text.substr(at + name.size());
  return value.substr(0, value.find('\n'));
}

ThreadState look_at(pid_t thread, std::uint64_t signals) noexcept {
  const auto text = read_text("/proc/self/task/" + std::to_string(thread) + "/status");
  if (!text) return {false, text.error().code == ENOENT || text.error().code == ESRCH};
  const auto blocked = field(text.value(), "SigBlk:\t");
  std::uint64_t mask = 0;
  std::from_chars(blocked.data(), blocked.data() + blocked.size(), mask, 16);
  return {field(text.value(), "State:\t").substr(0, 1) == "D", (mask & signals) == signals};
}

/// One look at all other threads; asks those that don't block them to do so.
Result<bool> ask_others(int by, std::uint64_t signals) noexcept {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
  if (!tasks) return last_error("opendir");
  const auto own = static_cast<pid_t>(::syscall(SYS_gettid));
  bool all = true;
  while (const dirent* entry = ::readdir(tasks.get())) {
    const std::string_view name = entry->d_name;
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread == 0 || thread == own) continue;
    const auto state = look_at(thread, signals);
    if (state.stuck) return SystemError{EBUSY, "execve"};
    if (state.blocks) continue;
    all = false;
    ::syscall(SYS_tgkill, ::getpid(), thread, by);
  }
  return all;
}

Status until_all_block(int by, std::uint64_t signals) noexcept {
  for (int look = 0; look < kLooks; ++look) {
    const auto all = ask_others(by, signals);
    if (!all) return all.error();
    if (all.value()) return Nothing{};
    ::nanosleep(&kBetweenLooks, nullptr);
  }
  return SystemError{EBUSY, "tgkill"};
}

/// A real-time signal that nobody uses; 0 without one.
int free_signal() noexcept {
  for (int number = SIGRTMAX; number >= SIGRTMIN; --number) {
    struct sigaction action = {};
    if (::sigaction(number, nullptr, &action) != 0) continue;
    const bool ours = (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == block_here;
    if (ours || ((action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL)) return number;
  }
  return 0;
}

}  // namespace

Status block_signals_everywhere(const sigset_t& signals, sigset_t& before) noexcept {
  const int by = free_signal();
  if (by == 0) return SystemError{EBUSY, "sigaction"};
  wanted = signals;
  struct sigaction action = {};
  action.sa_sigaction = block_here;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  // It stays: to whom it is still on its way it must not be deadly.
  if (::sigaction(by, &action, nullptr) != 0) return last_error("sigaction");
  const auto mask = bits(signals);
  // This thread last: as long as it takes signals, the kernel gives hardly any to the others.
  if (const auto others = until_all_block(by, mask); !others) return others;
  ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  // A thread that was in a handler at the first look seemed to block them.
  const auto again = until_all_block(by, mask);
  if (!again) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return again;
}

}  // namespace warmset
