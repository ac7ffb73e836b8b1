#include "windows.h"

#include <atomic>
#include <chrono>
#include <numeric>
#include <optional>
#include <span>
#include <thread>

#include "file.h"
#include "on_threads.h"
#include "residency.h"

namespace warmset {
namespace {

/// Page counts by window are 32 bits wide.
constexpr std::uint64_t kLargestWindow = 1ULL << 40U;

// A call over a stretch that turns out to be mixed was for nothing: its pages are walked again. Half of a
// large file in single pages, asked for as a whole first, took twice its time. Calls are cheap beside that,
// and few: no more than these for a file of any size.
constexpr std::uint64_t kFirstStretch = 64ULL << 20U;
constexpr std::uint64_t kMostStretches = 4096;

// Single pages are walked one by one, 28 ns each, and walks don't wait for each other. Whatever takes less
// than this isn't worth another thread: to begin and end one took 0.1 ms.
constexpr std::chrono::milliseconds kAlone(1);
// The walk waits for memory, which more wouldn't make faster.
constexpr unsigned kMostThreads = 4;

void add(CachestatCounts& total, const CachestatCounts& more) noexcept {
  total.cached += more.cached;
  total.dirty += more.dirty;
  total.writeback += more.writeback;
  total.evicted += more.evicted;
  total.recently_evicted += more.recently_evicted;
}

/// Counts windows [first, last), closer only where they differ.
Status count_windows(int fd, const Windows& windows, std::uint64_t first, std::uint64_t last,
                     std::vector<std::uint32_t>& cached, CachestatCounts& total,
                     const CancelToken& token) noexcept {
  constexpr std::uint64_t kFanOut = 16;
  auto counts = cachestat(fd, windows.offset(first), windows.length(first, last));
  if (!counts) return counts.error();
  const std::uint64_t found = counts.value().cached;
  const bool uniform = found == 0 || found == windows.pages(first, last);
  if (uniform || last - first == 1) {
    for (std::uint64_t index = first; index < last; ++index) {
      cached[index] =
          found == 0
              ? 0
              : static_cast<std::uint32_t>(last - first == 1 ? found : windows.pages(index, index + 1));
    }
    add(total, counts.value());
    return Nothing{};
  }
  const std::uint64_t step = std::max<std::uint64_t>(1, (last - first + kFanOut - 1) / kFanOut);
  for (std::uint64_t index = first; index < last && !token.cancelled(); index += step) {
    auto status = count_windows(fd, windows, index, std::min(index + step, last), cached, total, token);
    if (!status) return status;
  }
  return Nothing{};
}

/// A file's stretches, counted by as many threads as it takes.
class Stretches {
 public:
  Stretches(int fd, const Windows& windows, std::vector<std::uint32_t>& cached,
            const CancelToken& token) noexcept
      : fd_(fd), windows_(windows), cached_(cached), token_(token) {
    const std::uint64_t bytes = std::max(kFirstStretch, windows.file_size / kMostStretches);
    step_ = std::max<std::uint64_t>(1, bytes / windows.bytes);
  }

  Status count(CachestatCounts& total) noexcept {
    std::vector<Share> shares(1);
    count_until(shares.front(), std::chrono::steady_clock::now() + kAlone);
    if (next_ < windows_.count()) {
      shares.resize(std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads));
      on_threads(shares.size(), [&](std::size_t index) { count_until(shares[index], std::nullopt); });
    }
    for (const Share& share : shares) {
      if (share.error) return *share.error;
      add(total, share.counts);
    }
    return Nothing{};
  }

 private:
  struct Share {
    CachestatCounts counts = {};
    std::optional<SystemError> error;
  };

  void count_until(Share& share, std::optional<std::chrono::steady_clock::time_point> end) noexcept {
    while (!share.error && !token_.cancelled() && (!end || std::chrono::steady_clock::now() < *end)) {
      const std::uint64_t first = next_.fetch_add(step_);
      if (first >= windows_.count()) return;
      const std::uint64_t last = std::min(first + step_, windows_.count());
      auto status = count_windows(fd_, windows_, first, last, cached_, share.counts, token_);
      if (!status) share.error = status.error();
    }
  }

  const int fd_;
  const Windows windows_;
  std::vector<std::uint32_t>& cached_;  // each window's number is written by one thread
  const CancelToken& token_;
  std::uint64_t step_ = 1;
  std::atomic<std::uint64_t> next_ = 0;
};

Status count_stretches(int fd, const Windows& windows, std::vector<std::uint32_t>& cached,
                       CachestatCounts& total, const CancelToken& token) noexcept {
  if (windows.count() != 1 || windows.file_size <= 2 * kFirstStretch) {
    return Stretches(fd, windows, cached, token).count(total);
  }
  // Nobody asked where the pages are.
  const std::uint64_t least = windows.file_size / kMostStretches / page_size() * page_size();
  const Windows parts = {std::max(kFirstStretch, least), windows.file_size};
  std::vector<std::uint32_t> counts(parts.count());
  auto status = Stretches(fd, parts, counts, token).count(total);
  cached[0] = static_cast<std::uint32_t>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  return status;
}

/// Counts windows [first, last) page by page.
Status recount_by_mincore(int fd, const Windows& windows, std::uint64_t first, std::uint64_t last,
                          std::vector<std::uint32_t>& cached, const CancelToken& token) noexcept {
  const std::uint64_t pages_a_window = windows.bytes / page_size();
  std::fill(cached.begin() + static_cast<std::ptrdiff_t>(first),
            cached.begin() + static_cast<std::ptrdiff_t>(last), 0);
  return visit_resident_pages(fd, windows.offset(first), windows.length(first, last), token,
                              [&](std::uint64_t first_page, std::span<const std::uint8_t> pages) {
                                std::uint64_t index = 0;
                                while (index < pages.size()) {
                                  const std::uint64_t window = (first_page + index) / pages_a_window;
                                  const std::uint64_t stop = std::min<std::uint64_t>(
                                      pages.size(), ((window + 1) * pages_a_window) - first_page);
                                  for (; index < stop; ++index) cached[window] += pages[index] & 1U;
                                }
                              });
}

}  // namespace

Windows choose_windows(std::uint64_t least, std::uint64_t most, std::uint64_t file_size) noexcept {
  const std::uint64_t whole = pages_in(file_size, page_size()) * page_size();
  if (least == 0) return {std::min(whole, kLargestWindow), file_size};
  std::uint64_t bytes = std::min(least, kLargestWindow);
  while (bytes < kLargestWindow && Windows{bytes, file_size}.count() > most) bytes *= 2;
  return {std::min(bytes, kLargestWindow), file_size};
}

Status count_by_cachestat(int fd, const Windows& windows, std::vector<std::uint32_t>& cached,
                          CachestatCounts& total, const CancelToken& token) noexcept {
  return count_stretches(fd, windows, cached, total, token);
}

Status count_by_mincore(int fd, const Windows& windows, bool trust_empty, std::vector<std::uint32_t>& cached,
                        CachestatCounts& total, const CancelToken& token) noexcept {
  const std::uint64_t count = windows.count();
  if (!trust_empty) {
    auto status = recount_by_mincore(fd, windows, 0, count, cached, token);
    if (!status) return status;
  } else {
    auto coarse = count_stretches(fd, windows, cached, total, token);
    if (!coarse) return coarse;
    for (std::uint64_t first = 0; first < count && !token.cancelled();) {
      std::uint64_t last = first;
      while (last < count && cached[last] != 0) ++last;
      if (last > first) {
        auto status = recount_by_mincore(fd, windows, first, last, cached, token);
        if (!status) return status;
      }
      first = last + 1;
    }
  }
  total.cached = std::accumulate(cached.begin(), cached.end(), std::uint64_t{0});
  return Nothing{};
}

std::vector<std::uint32_t> data_pages_by_window(int fd, const Windows& windows, const CancelToken& token) {
  std::vector<std::uint32_t> data(windows.count());
  const std::uint64_t page = page_size();
  std::uint64_t position = 0;
  while (position < windows.file_size && !token.cancelled()) {
    const DataStretch stretch = next_data(fd, position, windows.file_size);
    // Blocks smaller than a page share it with their neighbours: a page with any data is data.
    std::uint64_t at = stretch.begin / page * page;
    while (at < stretch.end) {
      const std::uint64_t index = at / windows.bytes;
      const std::uint64_t stop = std::min(windows.offset(index + 1), stretch.end);
      const std::uint64_t pages = data[index] + pages_in(stop - at, page);
      data[index] = static_cast<std::uint32_t>(std::min(pages, windows.pages(index, index + 1)));
      at = windows.offset(index + 1);
    }
    position = std::max(stretch.end, position + 1);
  }
  return data;
}

}  // namespace warmset
