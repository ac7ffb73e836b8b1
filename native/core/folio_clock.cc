#include "folio_clock.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "mapping.h"
#include "residency.h"
#include "unique_fd.h"

namespace warmset {
namespace {

// The least of several counts: the others were interrupted, or met cold processor caches.
constexpr int kRepeats = 7;
// With fewer the cost of the call itself hides that of the folios.
constexpr std::uint64_t kLeastPages = 64;
constexpr std::uint64_t kReferenceBytes = 2ULL << 20U;
// Below this the reference isn't of single pages: shmem_enabled can give huge ones to every such file.
constexpr double kLeastReference = 0.5;

struct Timed {
  std::uint64_t pages;
  double nanoseconds;
};

Result<Timed> least_of_several(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  using Clock = std::chrono::steady_clock;
  Timed least = {0, std::numeric_limits<double>::max()};
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const auto started = Clock::now();
    const auto counts = cachestat(fd, offset, length);
    const std::chrono::duration<double, std::nano> took = Clock::now() - started;
    if (!counts) return counts.error();
    least = {counts.value().cached, std::min(least.nanoseconds, took.count())};
  }
  return least;
}

double per_page(const Timed& timed, double call) noexcept {
  return std::max(0.0, timed.nanoseconds - call) / static_cast<double>(timed.pages);
}

}  // namespace

FolioClock::FolioClock() noexcept {
  const UniqueFd memory(::memfd_create("warmset-reference", MFD_CLOEXEC));
  if (!memory) return;
  const std::vector<std::uint8_t> bytes(page_size(), 1);
  for (std::uint64_t offset = 0; offset < kReferenceBytes; offset += page_size()) {
    const ssize_t written = ::pwrite(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written != static_cast<ssize_t>(bytes.size())) return;
  }
  const auto nothing = least_of_several(memory.get(), kReferenceBytes * 2, kReferenceBytes);
  const auto single = least_of_several(memory.get(), 0, kReferenceBytes);
  if (!nothing || !single || single.value().pages == 0) return;
  call_ = nothing.value().nanoseconds;
  const double reference = per_page(single.value(), call_);
  if (reference >= kLeastReference) reference_ = reference;
}

Result<std::optional<FolioTiming>> FolioClock::time(int fd, std::uint64_t offset,
                                                    std::uint64_t length) const noexcept {
  auto timed = least_of_several(fd, offset, length);
  if (!timed) return timed.error();
  if (timed.value().pages < kLeastPages) return std::optional<FolioTiming>();
  const auto pages = static_cast<double>(timed.value().pages);
  return std::optional(FolioTiming{pages, per_page(timed.value(), call_)});
}

}  // namespace warmset
