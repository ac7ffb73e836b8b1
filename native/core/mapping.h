#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>

#include "result.h"

namespace warmset {

/// What a fault under MADV_HUGEPAGE reads at once where pages are 4 KiB.
inline constexpr std::uint64_t kHugePage = 2ULL << 20U;

[[nodiscard]] std::uint64_t page_size() noexcept;

/// Rounds up to whole pages.
[[nodiscard]] constexpr std::uint64_t pages_in(std::uint64_t bytes, std::uint64_t page) noexcept {
  return (bytes / page) + (bytes % page != 0 ? 1 : 0);
}

/// A read-only shared mapping of part of a file; move-only.
///
/// Nothing here ever touches the mapped bytes: a page behind the end of a file that was truncated meanwhile
/// raises SIGBUS when touched, but is an ordinary error of the calls below.
class Mapping {
 public:
  /// mmap(2). `offset` must be a multiple of the page size; `length` must not be zero.
  [[nodiscard]] static Result<Mapping> create(int fd, std::uint64_t offset, std::uint64_t length) noexcept;

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

  /// The number of its first page in the address space, as /proc/self/pagemap counts them.
  [[nodiscard]] std::uint64_t first_page() const noexcept;

  /// Its first byte, for system calls that fail where user space would get SIGBUS.
  [[nodiscard]] iovec byte_of_page(std::uint64_t page) const noexcept { return {at(page * page_size()), 1}; }

  // Offsets below are relative to the mapping and must be multiples of the page size; the caller keeps
  // offset + length within length().

  /// madvise(2) with any advice.
  [[nodiscard]] Status advise(std::uint64_t offset, std::uint64_t length, int advice) const noexcept;

  /// MADV_POPULATE_READ (5.14): returns once every page is up to date. EFAULT behind a truncated end or on a
  /// failed read, EINVAL on older kernels.
  [[nodiscard]] Status populate(std::uint64_t offset, std::uint64_t length) const noexcept;

  /// One page fault, as a loader's own: the kernel reads a few bytes of the page for a write(2) to `eventfd`,
  /// and EFAULT is what would be SIGBUS in user space. For timing, where populate() is of no use: madvise(2)
  /// plugs the device's queue, and single cold pages took 2 ms there instead of 0.05 ms (medians of 40; 6.18,
  /// virtio).
  [[nodiscard]] Status fault_in(std::uint64_t offset, int eventfd) const noexcept;

  /// mincore(2): one byte a page, bit 0 set where the page is resident and up to date. True only for files
  /// of which mincore_is_truthful(); for others the kernel reports every page as resident.
  [[nodiscard]] Status resident(std::uint64_t offset, std::span<std::uint8_t> pages) const noexcept;

  /// mlock2(2); `on_fault` locks pages as they come in instead of reading them now.
  [[nodiscard]] Status lock(std::uint64_t offset, std::uint64_t length, bool on_fault) const noexcept;
  [[nodiscard]] Status unlock(std::uint64_t offset, std::uint64_t length) const noexcept;

 private:
  Mapping(void* base, std::uint64_t length) noexcept : base_(base), length_(length) {}
  [[nodiscard]] void* at(std::uint64_t offset) const noexcept { return static_cast<char*>(base_) + offset; }
  void reset() noexcept;

  void* base_ = nullptr;
  std::uint64_t length_ = 0;
};

}  // namespace warmset
