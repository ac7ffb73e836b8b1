#pragma once

#include <chrono>
#include <string>

#include "cancel.h"
#include "rate_limiter.h"
#include "result.h"

namespace warmset {

enum class Drained {
  kYes,
  kOwnLeft,     // what the limiter admitted is still being read
  kDeviceBusy,  // that isn't, but reads are in flight: somebody else's, or what the kernel reads ahead
};

struct DrainPatience {
  std::chrono::milliseconds own;     // for what was admitted
  std::chrono::milliseconds device;  // for the device, from the same moment on
};

/// Waits until nothing that a paused limiter admitted is being read any more, and then no reads are in flight
/// on a device.
///
/// Neither alone would do: reads that a cgroup holds back (blkio, io.max) aren't in flight yet, and what the
/// kernel reads ahead goes on behind a read that has ended. `inflight` is the device's file of that name in
/// sysfs, which counts reads first (Documentation/ABI/stable/sysfs-block); empty where there is none. Both
/// are asked twice a millisecond: from JavaScript each question would cost twenty times as much.
[[nodiscard]] Result<Drained> wait_for_drain(const RateLimiter& limiter, const std::string& inflight,
                                             DrainPatience patience, const CancelToken& token) noexcept;

}  // namespace warmset
