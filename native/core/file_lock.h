#pragma once

#include <optional>
#include <string>

#include "cancel.h"
#include "result.h"
#include "unique_fd.h"

namespace warmset {

/// Takes the exclusive flock(2) of a file, which is created (0644) where it is missing, and writes `holder`
/// into it for humans. Nothing when another open file holds the lock, of this process or any other.
///
/// The descriptor is the lock: closing it lets go, and so does the end of the process, however it comes.
/// Programs that are started don't inherit it. A symbolic link in the file's place is ELOOP; what can't be
/// locked for another reason (ENOLCK, EOPNOTSUPP) is an error of flock.
[[nodiscard]] Result<std::optional<UniqueFd>> try_file_lock(const std::string& path,
                                                            const std::string& holder) noexcept;

/// Tries every 50 ms until the lock is got; ECANCELED when `token` says so first. Never inside flock(2)
/// itself: a thread that waits there can't be called back.
[[nodiscard]] Result<UniqueFd> wait_for_file_lock(const std::string& path, const std::string& holder,
                                                  const CancelToken& token) noexcept;

}  // namespace warmset
