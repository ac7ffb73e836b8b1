#include "page_flags.h"

#include <unistd.h>

#include <array>
#include <bit>

namespace warmset {
namespace {

// Documentation/admin-guide/mm/pagemap.rst
constexpr std::uint64_t kPresent = 1ULL << 63U;
constexpr std::uint64_t kFrameMask = (1ULL << 55U) - 1;
constexpr std::uint64_t kCompoundHead = 1ULL << 15U;
constexpr std::uint64_t kCompoundTail = 1ULL << 16U;

// Flags read at once, aligned: a folio is aligned to its size, so that one read shows most of them whole.
constexpr std::uint64_t kBlock = 512;
// 1 GiB of 4 KiB pages: larger than any folio of the page cache.
constexpr std::uint64_t kMostFrames = 1ULL << 18U;

using Block = std::array<std::uint64_t, kBlock>;

[[nodiscard]] bool is_tail(std::uint64_t flags) noexcept {
  return (flags & kCompoundTail) != 0;
}

/// The nearest frame at or before `frame` that isn't a tail.
Result<std::uint64_t> find_head(int fd, std::uint64_t frame) noexcept {
  Block block;
  for (std::uint64_t looked = 0; looked < kMostFrames; looked += kBlock) {
    const std::uint64_t base = frame / kBlock * kBlock;
    if (auto status = read_table(fd, base, block); !status) return status.error();
    for (std::uint64_t at = frame - base + 1; at > 0; --at) {
      if (!is_tail(block[at - 1])) return base + at - 1;
    }
    if (base == 0) break;
    frame = base - 1;
  }
  return SystemError{ERANGE, "kpageflags"};
}

/// The nearest frame behind `head` that isn't a tail.
Result<std::uint64_t> find_end(int fd, std::uint64_t head) noexcept {
  Block block;
  const std::uint64_t last = head + kMostFrames;
  for (std::uint64_t frame = head + 1; frame <= last;) {
    const std::uint64_t count = kBlock - (frame % kBlock);
    const std::span<std::uint64_t> flags(block.data(), count);
    auto status = read_table(fd, frame, flags);
    // The table ends with the memory.
    if (!status && status.error().code == ENODATA) return frame;
    if (!status) return status.error();
    for (std::uint64_t at = 0; at < count; ++at) {
      if (!is_tail(flags[at])) return frame + at;
    }
    frame += count;
  }
  return SystemError{ERANGE, "kpageflags"};
}

}  // namespace

Result<std::optional<std::uint64_t>> frame_of(std::uint64_t pagemap_entry) noexcept {
  if ((pagemap_entry & kPresent) == 0) return std::optional<std::uint64_t>();
  const std::uint64_t frame = pagemap_entry & kFrameMask;
  if (frame == 0) return SystemError{EPERM, "pagemap"};
  return std::optional(frame);
}

Status read_table(int fd, std::uint64_t index, std::span<std::uint64_t> entries) noexcept {
  auto* const bytes = reinterpret_cast<char*>(entries.data());
  std::size_t done = 0;
  while (done < entries.size_bytes()) {
    const auto offset = static_cast<off_t>((index * sizeof(std::uint64_t)) + done);
    const ssize_t got = ::pread(fd, bytes + done, entries.size_bytes() - done, offset);
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      if (done == 0) return SystemError{ENODATA, "pread"};
      // Behind the end of memory there are no flags, and no tails.
      for (std::size_t at = done / sizeof(std::uint64_t); at < entries.size(); ++at) entries[at] = 0;
      break;
    } else if (errno != EINTR) {
      return last_error("pread");
    }
  }
  return Nothing{};
}

bool is_compound(std::uint64_t flags) noexcept {
  return (flags & (kCompoundHead | kCompoundTail)) != 0;
}

Result<std::optional<FrameRange>> folio_of(int flags, std::uint64_t frame) noexcept {
  auto head = find_head(flags, frame);
  if (!head) return head.error();
  auto end = find_end(flags, head.value());
  if (!end) return end.error();
  const std::uint64_t count = end.value() - head.value();
  const bool whole = frame < end.value() && std::has_single_bit(count) && head.value() % count == 0;
  if (!whole) return std::optional<FrameRange>();
  return std::optional(FrameRange{head.value(), count});
}

}  // namespace warmset
