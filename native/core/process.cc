#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <string_view>

#include "kernel_abi.h"
#include "signal_mask.h"

namespace warmset {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const auto& word : words) list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

/// What exec leaves as it is: ignored signals and the mask. Put back when exec fails.
class SignalReset {
 public:
  SignalReset() noexcept {
    for (int number = 1; number < NSIG; ++number) {
      struct sigaction action = {};
      if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_IGN) continue;
      ignored_[number] = true;
      action.sa_handler = SIG_DFL;
      ::sigaction(number, &action, nullptr);
    }
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, &mask_);
  }
  SignalReset(const SignalReset&) = delete;
  SignalReset& operator=(const SignalReset&) = delete;
  ~SignalReset() {
    for (int number = 1; number < NSIG; ++number) {
      if (ignored_[number]) ::signal(number, SIG_IGN);
    }
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

 private:
  std::array<bool, NSIG> ignored_ = {};
  sigset_t mask_;
};

void close_on_exec(int fd) noexcept {
  const int flags = ::fcntl(fd, F_GETFD);
  if (flags >= 0) ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

void close_others_on_exec() noexcept {
  // 5.11; below it, and under older seccomp profiles, by the list of what is open.
  if (::syscall(kSysCloseRange, 3U, ~0U, kCloseRangeCloexec) == 0) return;
  DIR* open = ::opendir("/proc/self/fd");
  if (open == nullptr) return;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd > 2) close_on_exec(fd);
  }
  ::closedir(open);
}

/// Node marks these three to be closed, too. A reader of a pipe that it made non-blocking would see EAGAIN,
/// which few programs expect.
void keep_standard_streams() noexcept {
  for (int fd = 0; fd <= 2; ++fd) {
    ::fcntl(fd, F_SETFD, 0);
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  }
}

sigset_t set_of(const std::vector<int>& numbers) noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  return set;
}

struct Prepared {
  const char* file;
  char* const* arguments;
  char* const* environment;
  bool quiet;
};

/// Behind fork(2): only what is safe for signal handlers until exec.
[[noreturn]] void run_orphan(const Prepared& program, int report) noexcept {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDWR);
  if (nothing >= 0) {
    ::dup2(nothing, 0);
    ::dup2(nothing, 1);
    if (program.quiet) ::dup2(nothing, 2);
    if (nothing > 2) ::close(nothing);
  }
  keep_standard_streams();
  ::execvpe(program.file, program.arguments, program.environment);
  const int code = errno;
  static_cast<void>(!::write(report, &code, sizeof code));
  ::_exit(127);
}

}  // namespace

SystemError replace_process(const Program& program) noexcept {
  const auto arguments = pointers(program.arguments);
  const auto environment = pointers(program.environment);
  const SignalReset reset;
  close_others_on_exec();
  keep_standard_streams();
  ::execvpe(program.file.c_str(), arguments.data(), environment.data());
  return last_error("execve");
}

SystemError hand_over(const Program& program, const Inheritance& inheritance) noexcept {
  const auto arguments = pointers(program.arguments);
  const auto environment = pointers(program.environment);
  sigset_t before;
  const auto blocked = block_signals_everywhere(set_of(inheritance.blocked), before);
  if (!blocked) return blocked.error();
  close_others_on_exec();
  for (int fd = 0; fd <= 2; ++fd) ::fcntl(fd, F_SETFD, 0);
  for (const int fd : inheritance.descriptors) ::fcntl(fd, F_SETFD, 0);
  ::execve(program.file.c_str(), arguments.data(), environment.data());
  const auto failure = last_error("execve");
  for (const int fd : inheritance.descriptors) close_on_exec(fd);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return failure;
}

Result<int> make_signal_descriptor(const std::vector<int>& numbers) noexcept {
  const auto signals = set_of(numbers);
  const int fd = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return last_error("signalfd");
  return fd;
}

Result<int> hold_bytes(std::string_view bytes) noexcept {
  UniqueFd fd(::memfd_create("warmset", MFD_CLOEXEC));
  if (!fd) return last_error("memfd_create");
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::lseek(fd.get(), 0, SEEK_SET) != 0) return last_error("lseek");
  return fd.release();
}

Status start_orphan(const Program& program, bool quiet) noexcept {
  const auto arguments = pointers(program.arguments);
  const auto environment = pointers(program.environment);
  const Prepared prepared = {program.file.c_str(), arguments.data(), environment.data(), quiet};
  auto ends = make_pipe();
  if (!ends) return ends.error();
  const UniqueFd heard(ends.value()[0]);
  UniqueFd report(ends.value()[1]);

  // Handlers of this process must not run in the copy.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    // Twice: who ends first leaves the other to init, and nobody has to collect it.
    const pid_t orphan = ::fork();
    if (orphan == 0) run_orphan(prepared, report.get());
    const int code = orphan < 0 ? errno : 0;
    if (orphan < 0) static_cast<void>(!::write(report.get(), &code, sizeof code));
    ::_exit(0);
  }
  const Status forked = child < 0 ? Status(last_error("fork")) : Status(Nothing{});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!forked) return forked;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  report = UniqueFd();
  int code = 0;
  ssize_t got = 0;
  // Ends when exec closes the other end.
  do got = ::read(heard.get(), &code, sizeof code);
  while (got < 0 && errno == EINTR);
  if (got == sizeof code) return SystemError{code, "execve"};
  return Nothing{};
}

Result<bool> reap_child(pid_t pid) noexcept {
  siginfo_t info = {};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) != 0) return last_error("waitid");
  return info.si_pid == pid;
}

Result<std::array<int, 2>> make_pipe() noexcept {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return last_error("pipe2");
  return ends;
}

}  // namespace warmset
