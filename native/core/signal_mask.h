#pragma once

#include <csignal>

#include "result.h"

namespace warmset {

/// Blocks signals in every thread of the process, so that one that arrives stays pending for the whole
/// process and outlives execve(2). A thread that had taken one would be killed there with it. EBUSY when a
/// thread doesn't answer: one that sleeps in the kernel, uninterruptibly, would keep execve waiting, too.
/// Threads are left as they are then, apart from this one, which is put back; they lose nothing, because the
/// kernel prefers the first.
[[nodiscard]] Status block_signals_everywhere(const sigset_t& signals, sigset_t& before) noexcept;

}  // namespace warmset
