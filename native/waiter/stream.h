#pragma once

#include <poll.h>

#include <array>
#include <cstddef>

#include "task.h"

namespace warmset::waiter {

/// Carries one stream on, byte for byte. Never waits itself: it says what it waits for, and goes a step when
/// that is there. A reader that is slow holds the writer back, one that is gone closes the writer's pipe.
class Stream {
 public:
  /// Nothing is carried until then.
  void open(const Carrying& carrying) noexcept;

  /// Both ends are closed: there is nothing more to carry.
  [[nodiscard]] bool over() const noexcept { return source_ < 0; }
  /// All that was read is written.
  [[nodiscard]] bool empty() const noexcept { return from_ == to_ && held_ < 0; }
  [[nodiscard]] pollfd wanted() const noexcept;
  void step() noexcept;

  /// Writes through a descriptor of its own from now on: 1 and 2 can be something else.
  void leave_standard_streams() noexcept;

 private:
  [[nodiscard]] bool has_bytes() const noexcept { return from_ < to_; }
  void read_some() noexcept;
  void write_some() noexcept;
  void close() noexcept;

  int held_ = -1;
  int source_ = -1;
  int sink_ = -1;
  bool socket_ = false;
  /// What one write takes: where it could wait, no more than a pipe that is ready takes at once.
  std::size_t piece_ = 0;
  std::size_t from_ = 0;
  std::size_t to_ = 0;
  std::array<char, std::size_t{64} << 10U> bytes_ = {};
};

}  // namespace warmset::waiter
