#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "result.h"

namespace warmset {

/// The page frame that a page of this process is mapped to; nothing where it isn't mapped.
/// EPERM where the kernel keeps the number to itself (pagemap needs CAP_SYS_ADMIN for it).
[[nodiscard]] Result<std::optional<std::uint64_t>> frame_of(std::uint64_t pagemap_entry) noexcept;

/// Entries of /proc/PID/pagemap or /proc/kpageflags from the given index on; both are tables of 64-bit
/// numbers.
[[nodiscard]] Status read_table(int fd, std::uint64_t index, std::span<std::uint64_t> entries) noexcept;

/// The folio of a page frame by /proc/kpageflags, as frames.
struct FrameRange {
  std::uint64_t first;
  std::uint64_t count;
};

/// Whether flags of a page frame say that it is part of a folio of several.
[[nodiscard]] bool is_compound(std::uint64_t flags) noexcept;

/// The whole folio that a compound page is part of. The kernel may split or free it while its flags are read:
/// what doesn't look like a folio then (a power of two of frames, aligned to its size) is nothing.
[[nodiscard]] Result<std::optional<FrameRange>> folio_of(int flags, std::uint64_t frame) noexcept;

}  // namespace warmset
