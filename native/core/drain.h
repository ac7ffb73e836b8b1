#pragma once

#include <chrono>
#include <string>

#include "cancel.h"
#include "result.h"

namespace warmset {

/// Waits until no reads have been in flight on a device for 4 ms, at most `patience`; true when none were.
/// `inflight` is the device's file of that name in sysfs, which counts reads first
/// (Documentation/ABI/stable/sysfs-block). It is asked twice a millisecond: from JavaScript each question
/// would cost twenty times as much.
[[nodiscard]] Result<bool> wait_for_drain(const std::string& inflight, std::chrono::milliseconds patience,
                                          const CancelToken& token) noexcept;

}  // namespace warmset
