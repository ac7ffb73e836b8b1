#include "waiter.h"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "core/signal_watch.h"

namespace warmset::waiter {
namespace {

/// As long as nothing comes, all that the server itself wrote has come.
constexpr int kQuietMilliseconds = 50;

void allow_all_signals() noexcept {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Waiter::Waiter(const Task& task) noexcept
    : server_(task.server), signals_(task.signals), records_(task.records), interrupted_(task.interrupted) {
  // A reader that is gone is an error of write(2).
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  for (std::size_t at = 0; at < task.count; ++at) streams_[at].open(task.streams[at]);
}

int Waiter::run() noexcept {
  read_records();
  // Also for whoever ended in between, when nobody was told of it.
  collect();
  while (!ended_) turn(-1);
  drain();
  if (!all_over()) leave_carrier();
  return end();
}

bool Waiter::turn(int milliseconds) noexcept {
  std::array<pollfd, 1 + Task::kMostStreams> wanted = {};
  wanted[0] = {signals_, POLLIN, 0};
  for (std::size_t at = 0; at < streams_.size(); ++at) wanted[at + 1] = streams_[at].wanted();
  if (::poll(wanted.data(), wanted.size(), milliseconds) <= 0) return false;
  for (std::size_t at = 0; at < streams_.size(); ++at) {
    if (wanted[at + 1].revents != 0) streams_[at].step();
  }
  if (wanted[0].revents != 0) read_signals();
  return true;
}

void Waiter::read_records() noexcept {
  SignalRecord record = {};
  // Nobody writes any more: it ends.
  while (::read(records_, &record, sizeof record) == sizeof record) {
    on_signal(record.number, record.from_kernel == 1);
  }
  ::close(records_);
}

void Waiter::read_signals() noexcept {
  signalfd_siginfo info = {};
  while (::read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGCHLD) {
      collect();
    } else {
      on_signal(static_cast<int>(info.ssi_signo), info.ssi_code > 0);
    }
  }
}

/// The same answers as lib/launch/child/signal-policy.ts gives.
void Waiter::on_signal(int number, bool from_kernel) noexcept {
  if (number == SIGINT && from_kernel) interrupted_ = true;
  if (!ended_) {
    // What a terminal sends has reached its whole foreground group.
    const bool has_it = from_kernel && ::getpgid(server_) == ::getpgrp();
    if (!has_it) ::kill(server_, number);
  }
  if (number == SIGTSTP) static_cast<void>(::raise(SIGSTOP));
}

void Waiter::collect() noexcept {
  for (;;) {
    int status = 0;
    const pid_t child = ::waitpid(-1, &status, WNOHANG);
    if (child < 0 && errno == EINTR) continue;
    if (child <= 0) return;
    if (child != server_) continue;
    ended_ = true;
    status_ = status;
  }
}

/// What the server left running may hold its pipes for ever; a reader that is slow gets all that there is.
void Waiter::drain() noexcept {
  while (!all_over()) {
    if (!turn(kQuietMilliseconds) && all_empty()) return;
  }
}

bool Waiter::all_over() const noexcept {
  return std::all_of(streams_.begin(), streams_.end(), [](const Stream& stream) { return stream.over(); });
}

bool Waiter::all_empty() const noexcept {
  return std::all_of(streams_.begin(), streams_.end(),
                     [](const Stream& stream) { return stream.over() || stream.empty(); });
}

/// Whoever the server left running would end at its next write otherwise.
void Waiter::leave_carrier() noexcept {
  if (::fork() == 0) be_carrier();
}

void Waiter::be_carrier() noexcept {
  ::setsid();
  allow_all_signals();
  for (auto& stream : streams_) stream.leave_standard_streams();
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (nothing < 0 || ::dup2(nothing, fd) < 0) ::close(fd);
  }
  ::close(signals_);
  signals_ = -1;
  while (!all_over()) turn(-1);
  ::_exit(0);
}

int Waiter::end() const noexcept {
  if (!WIFSIGNALED(status_)) return WEXITSTATUS(status_);
  const int number = WTERMSIG(status_);
  // A shell goes on with its script when whoever got the Ctrl-C, too, ended in an orderly way.
  if (interrupted_ && number == SIGINT) {
    static_cast<void>(::signal(SIGINT, SIG_DFL));
    allow_all_signals();
    static_cast<void>(::raise(SIGINT));
  }
  return 128 + number;
}

}  // namespace warmset::waiter
