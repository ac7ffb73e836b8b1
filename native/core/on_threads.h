#pragma once

#include <cstddef>
#include <functional>

namespace warmset {

/// Calls `body(0)` on this thread and `body(1)` to `body(threads - 1)` on others beside it, as far as a limit
/// on threads allows (a pids cgroup); returns when all have ended. They inherit priority, name and signal
/// mask.
void on_threads(std::size_t threads, const std::function<void(std::size_t)>& body);

}  // namespace warmset
