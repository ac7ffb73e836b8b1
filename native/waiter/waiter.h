#pragma once

#include <array>

#include "stream.h"
#include "task.h"

namespace warmset::waiter {

/// A server's parent when nothing is left to do but to be it: passes signals on, carries its output, collects
/// it and whoever else ends as a child of this process, and ends as it did.
class Waiter {
 public:
  explicit Waiter(const Task& task) noexcept;

  /// Returns the exit code, when the server has ended; or ends by the signal that ended it.
  [[nodiscard]] int run() noexcept;

 private:
  /// Waits for something and does it; false when nothing came in that time. -1: however long it takes.
  bool turn(int milliseconds) noexcept;
  void read_records() noexcept;
  void read_signals() noexcept;
  void on_signal(int number, bool from_kernel) noexcept;
  void collect() noexcept;
  void drain() noexcept;
  [[nodiscard]] bool all_over() const noexcept;
  [[nodiscard]] bool all_empty() const noexcept;
  void leave_carrier() noexcept;
  [[noreturn]] void be_carrier() noexcept;
  [[nodiscard]] int end() const noexcept;

  pid_t server_;
  int signals_;
  int records_;
  bool interrupted_;
  bool ended_ = false;
  int status_ = 0;
  std::array<Stream, Task::kMostStreams> streams_;
};

}  // namespace warmset::waiter
