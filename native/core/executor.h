#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "priority.h"
#include "result.h"

namespace warmset {

/// What the threads of a lane are for; also their name in ps and top.
enum class Lane { kWork, kFill, kProbe, kWait };

/// Runs blocking work on warmset's own named threads, never on libuv's pool: four blocked pool threads delay
/// every fs call of the host. Threads are started when there is work, grouped by lane and priority (nice
/// can't be lowered again without privilege, so a thread never changes its own), and end after some idle
/// seconds.
class Executor {
 public:
  struct Limits {
    std::size_t queued = 65536;
    std::size_t work_threads = 4;
    std::size_t fill_threads = 64;
    /// By priority, as all of them. A probe never waits behind measuring or filling; it may behind a probe of
    /// a device that hangs, so there are two.
    std::size_t probe_threads = 2;
    /// For what does nothing but wait, for days perhaps: it must not hold a thread that others need.
    std::size_t wait_threads = 64;
    std::chrono::milliseconds idle = std::chrono::seconds(5);
  };

  /// Receives what applying the thread's priority said; a task may report it.
  using Task = std::function<void(const std::optional<SystemError>& priority_error)>;

  explicit Executor(Limits limits);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  ~Executor();

  /// Without a priority the threads keep what they inherit from the host. EAGAIN when the queue is full or no
  /// thread can be started, ECANCELED once stopped.
  [[nodiscard]] Status submit(Lane lane, const std::optional<ThreadPriority>& priority, Task task);

  /// Drops queued tasks and waits for running ones, at most `patience`. A thread that is stuck in the kernel
  /// (a dead network mount) is left behind: it owns everything that it touches. True when none was left.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace warmset
