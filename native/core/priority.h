#pragma once

#include <sys/types.h>

#include <compare>

#include "result.h"

namespace warmset {

/// Values of the kernel's I/O classes, linux/ioprio.h.
enum class IoClass : int { kNone = 0, kRealtime = 1, kBestEffort = 2, kIdle = 3 };

struct IoPriority {
  IoClass io_class = IoClass::kNone;
  int level = 0;  // 0 (most urgent) to 7; meaningless for kNone and kIdle

  auto operator<=>(const IoPriority&) const = default;
};

/// What a thread of ours runs at. Both are per thread in Linux: ioprio_set(2), setpriority(2) NOTES.
struct ThreadPriority {
  IoPriority io;
  int nice = 0;  // -20 to 19

  auto operator<=>(const ThreadPriority&) const = default;
};

inline constexpr ThreadPriority kIdlePriority = {{IoClass::kIdle, 0}, 19};

// A tid of 0 means the calling thread.
[[nodiscard]] Result<IoPriority> io_priority(pid_t tid) noexcept;
[[nodiscard]] Status set_io_priority(pid_t tid, IoPriority priority) noexcept;
[[nodiscard]] Result<int> nice_value(pid_t tid) noexcept;
[[nodiscard]] Status set_nice_value(pid_t tid, int nice) noexcept;

/// Gives the calling thread both priorities; tries the second even when the first is refused.
[[nodiscard]] Status apply_to_this_thread(const ThreadPriority& priority) noexcept;

}  // namespace warmset
