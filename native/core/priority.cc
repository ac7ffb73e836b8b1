#include "priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace warmset {
namespace {

// linux/ioprio.h: glibc wraps neither the calls nor their constants.
constexpr int kWhoProcess = 1;
constexpr int kClassShift = 13;
constexpr int kLevelMask = 7;

}  // namespace

Result<IoPriority> io_priority(pid_t tid) noexcept {
  const long value = ::syscall(SYS_ioprio_get, kWhoProcess, tid);
  if (value < 0) return last_error("ioprio_get");
  return IoPriority{static_cast<IoClass>(value >> kClassShift), static_cast<int>(value & kLevelMask)};
}

Status set_io_priority(pid_t tid, IoPriority priority) noexcept {
  const int value = (static_cast<int>(priority.io_class) << kClassShift) | priority.level;
  if (::syscall(SYS_ioprio_set, kWhoProcess, tid, value) != 0) return last_error("ioprio_set");
  return Nothing{};
}

Result<int> nice_value(pid_t tid) noexcept {
  errno = 0;  // -1 is a valid nice value
  const int value = ::getpriority(PRIO_PROCESS, static_cast<id_t>(tid));
  if (value == -1 && errno != 0) return last_error("getpriority");
  return value;
}

Status set_nice_value(pid_t tid, int nice) noexcept {
  if (::setpriority(PRIO_PROCESS, static_cast<id_t>(tid), nice) != 0) return last_error("setpriority");
  return Nothing{};
}

Status apply_to_this_thread(const ThreadPriority& priority) noexcept {
  auto io = set_io_priority(0, priority.io);
  auto cpu = set_nice_value(0, priority.nice);
  return io ? cpu : io;
}

}  // namespace warmset
