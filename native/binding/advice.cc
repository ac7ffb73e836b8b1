#include "advice.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <utility>

#include "../core/kernel_abi.h"

namespace warmset::binding {
namespace {

using Named = std::pair<std::string_view, int>;

constexpr std::array<Named, 6> kFileAdvice = {{
    {"normal", POSIX_FADV_NORMAL},
    {"random", POSIX_FADV_RANDOM},
    {"sequential", POSIX_FADV_SEQUENTIAL},
    {"willneed", POSIX_FADV_WILLNEED},
    {"dontneed", POSIX_FADV_DONTNEED},
    {"noreuse", POSIX_FADV_NOREUSE},
}};

constexpr std::array<Named, 12> kMemoryAdvice = {{
    {"normal", MADV_NORMAL},
    {"random", MADV_RANDOM},
    {"sequential", MADV_SEQUENTIAL},
    {"willneed", MADV_WILLNEED},
    {"dontneed", MADV_DONTNEED},
    {"cold", MADV_COLD},
    {"pageout", MADV_PAGEOUT},
    {"hugepage", MADV_HUGEPAGE},
    {"nohugepage", MADV_NOHUGEPAGE},
    {"collapse", kMadvCollapse},
    {"populate-read", kMadvPopulateRead},
    {"dontdump", MADV_DONTDUMP},
}};

template <std::size_t Count>
std::optional<int> find(const std::array<Named, Count>& table, std::string_view name) {
  for (const auto& [known, number] : table) {
    if (known == name) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> file_advice(std::string_view name) {
  return find(kFileAdvice, name);
}

std::optional<int> memory_advice(std::string_view name) {
  return find(kMemoryAdvice, name);
}

}  // namespace warmset::binding
