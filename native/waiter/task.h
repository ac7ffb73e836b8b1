#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>

namespace warmset::waiter {

/// A stream of the server's that is carried on: what was read of it already, where it comes from, where it
/// goes.
struct Carrying {
  int held = -1;
  int source = -1;
  int sink = -1;
};

/// What whoever was in this process before has left to do. Descriptors are open already.
struct Task {
  static constexpr std::size_t kMostStreams = 2;

  pid_t server = 0;
  /// signalfd(2), of signals that are blocked.
  int signals = -1;
  /// Records of signals that came before they were blocked (core/signal_watch.h).
  int records = -1;
  /// A terminal said Ctrl-C already.
  bool interrupted = false;
  std::array<Carrying, kMostStreams> streams = {};
  std::size_t count = 0;
};

/// Words `server=PID signals=FD records=FD interrupted=0|1`, then `carry=HELD:SOURCE:SINK` for each stream,
/// HELD -1 for none. What follows `--` is only to be seen in a list of processes. False for anything else.
[[nodiscard]] bool read_task(int count, char** words, Task& task) noexcept;

}  // namespace warmset::waiter
