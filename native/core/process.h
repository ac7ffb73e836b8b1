#pragma once

#include <sys/types.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "unique_fd.h"

namespace warmset {

/// A program to run: looked for in PATH unless its name has a slash, as execvp(3) does.
struct Program {
  std::string file;
  std::vector<std::string> arguments;    ///< the first is what it calls itself
  std::vector<std::string> environment;  ///< `NAME=value`, all of it
};

/// Becomes the program: the same process, of which only descriptors 0 to 2 are left, with signals as a fresh
/// process has them. Returns only when it could not, with everything as it was.
[[nodiscard]] SystemError replace_process(const Program& program) noexcept;

/// What a program that takes this one's place finds beside descriptors 0 to 2.
struct Inheritance {
  std::vector<int> descriptors;
  /// Signals that stay blocked. One that arrives in between is still pending when the program begins.
  std::vector<int> blocked;
};

/// Becomes the program, which goes on where this process stops: same process id, same children. Returns only
/// when it could not, with everything as it was; EBUSY when a thread can't be ended now.
[[nodiscard]] SystemError hand_over(const Program& program, const Inheritance& inheritance) noexcept;

/// A descriptor from which signals are read that are blocked, signalfd(2).
[[nodiscard]] Result<int> make_signal_descriptor(const std::vector<int>& numbers) noexcept;

/// Bytes as a file that has no name, to be read from its beginning, memfd_create(2).
[[nodiscard]] Result<int> hold_bytes(std::string_view bytes) noexcept;

/// Starts the program as nobody's child, in a session of its own, with /dev/null for stdin and stdout and,
/// when `quiet`, for stderr. Resolves when it runs, or with what execvp(3) said.
[[nodiscard]] Status start_orphan(const Program& program, bool quiet) noexcept;

/// Collects one ended child by its pid and no other; false while it runs.
[[nodiscard]] Result<bool> reap_child(pid_t pid) noexcept;

/// pipe2(2): to read from, to write to. Node makes socket pairs, which can't be opened through /dev/stdout.
[[nodiscard]] Result<std::array<int, 2>> make_pipe() noexcept;

}  // namespace warmset
