#pragma once

#include <optional>
#include <string_view>

namespace warmset::binding {

/// The number of an advice for posix_fadvise(2), by its name in small letters.
[[nodiscard]] std::optional<int> file_advice(std::string_view name);

/// The same for madvise(2): only those that can neither change the file nor end the process.
[[nodiscard]] std::optional<int> memory_advice(std::string_view name);

}  // namespace warmset::binding
