#pragma once

#include <cstdint>
#include <vector>

#include "result.h"

namespace warmset {

/// One signal that arrived.
struct SignalRecord {
  std::int32_t number;
  /// 1 when the kernel sent it, as a terminal does: then the whole foreground group has it already.
  std::int32_t from_kernel;
  /// Who sent it; 0 for the kernel.
  std::int32_t sender;
};

/// Takes these signals away from whoever handled them and writes a record for each to a pipe. Returns the end
/// to read from, which the caller closes. Node tells that a signal came, but not from whom, and without that
/// Ctrl-C would reach a child twice. EBUSY while another watch is on: handlers are the whole process's.
[[nodiscard]] Result<int> watch_signals(const std::vector<int>& numbers) noexcept;

/// Puts the handlers back.
void unwatch_signals() noexcept;

}  // namespace warmset
