#include "residency.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace warmset {
namespace {

constexpr std::uint64_t kChunkPages = 65536;  // 256 MiB of 4 KiB pages: 64 KiB of mincore bytes

std::uint64_t count_set(std::span<const std::uint8_t> pages) noexcept {
  std::uint64_t total = 0;
  for (const std::uint8_t page : pages) total += page & 1U;
  return total;
}

void append_runs(std::vector<PageRun>& runs, std::uint64_t first, std::span<const std::uint8_t> pages) {
  for (std::uint64_t index = 0; index < pages.size(); ++index) {
    if ((pages[index] & 1U) == 0) continue;
    const std::uint64_t page = first + index;
    if (!runs.empty() && runs.back().first + runs.back().count == page) {
      ++runs.back().count;
    } else {
      runs.push_back({page, 1});
    }
  }
}

}  // namespace

Result<CachestatCounts> cachestat(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  CachestatRange range = {offset, length};
  CachestatCounts counts = {};
  if (::syscall(kSysCachestat, fd, &range, &counts, 0) != 0) return last_error("cachestat");
  return counts;
}

Status visit_resident_pages(int fd, std::uint64_t offset, std::uint64_t length, const CancelToken& token,
                            const ChunkVisitor& visit) noexcept {
  if (length == 0) return Nothing{};
  const std::uint64_t page = page_size();
  const std::uint64_t end_page = pages_in(offset + length, page);
  std::vector<std::uint8_t> bytes(std::min(kChunkPages, end_page - (offset / page)));
  for (std::uint64_t first = offset / page; first < end_page; first += kChunkPages) {
    if (token.cancelled()) break;
    const std::uint64_t count = std::min(kChunkPages, end_page - first);
    auto mapping = Mapping::create(fd, first * page, count * page);
    if (!mapping) return mapping.error();
    const std::span<std::uint8_t> pages(bytes.data(), count);
    if (auto status = mapping.value().resident(0, pages); !status) return status;
    visit(first, pages);
  }
  return Nothing{};
}

Result<std::uint64_t> count_by_mincore(int fd, std::uint64_t offset, std::uint64_t length,
                                       const CancelToken& token) noexcept {
  std::uint64_t total = 0;
  auto status = visit_resident_pages(
      fd, offset, length, token,
      [&](std::uint64_t, std::span<const std::uint8_t> pages) { total += count_set(pages); });
  if (!status) return status.error();
  return total;
}

Result<std::vector<PageRun>> resident_runs(int fd, std::uint64_t offset, std::uint64_t length,
                                           const CancelToken& token) noexcept {
  std::vector<PageRun> runs;
  auto status = visit_resident_pages(
      fd, offset, length, token,
      [&](std::uint64_t first, std::span<const std::uint8_t> pages) { append_runs(runs, first, pages); });
  if (!status) return status.error();
  return runs;
}

Result<std::vector<PageRun>> resident_runs(const Mapping& mapping, std::uint64_t offset, std::uint64_t length,
                                           const CancelToken& token) noexcept {
  const std::uint64_t page = page_size();
  const std::uint64_t end_page = pages_in(offset + length, page);
  std::vector<PageRun> runs;
  std::vector<std::uint8_t> bytes(std::min(kChunkPages, end_page - (offset / page)));
  for (std::uint64_t first = offset / page; first < end_page && !token.cancelled(); first += kChunkPages) {
    const std::span<std::uint8_t> pages(bytes.data(), std::min(kChunkPages, end_page - first));
    if (auto status = mapping.resident(first * page, pages); !status) return status.error();
    append_runs(runs, first, pages);
  }
  return runs;
}

Result<std::uint64_t> count_by_nowait(int fd, std::uint64_t offset, std::uint64_t length,
                                      const CancelToken& token) noexcept {
  const std::uint64_t page = page_size();
  const std::uint64_t end = offset + length;
  // Many pages a call, every one of them into the same small buffer: what was read doesn't matter.
  constexpr std::size_t kPagesACall = 64;
  std::vector<std::uint8_t> sink(page);
  std::array<iovec, kPagesACall> vectors = {};
  for (auto& vector : vectors) vector = {sink.data(), sink.size()};
  std::uint64_t total = 0;
  std::uint64_t position = offset / page * page;
  while (position < end && !token.cancelled()) {
    const auto wanted = std::min<std::uint64_t>(kPagesACall, pages_in(end - position, page));
    const ssize_t got =
        ::preadv2(fd, vectors.data(), static_cast<int>(wanted), static_cast<off_t>(position), kRwfNowait);
    if (got > 0) {
      const std::uint64_t pages = pages_in(static_cast<std::uint64_t>(got), page);
      total += pages;
      position += pages * page;
    } else if (got == 0) {
      break;  // truncated meanwhile: nothing more can be resident
    } else if (errno == EAGAIN || errno == EIO) {
      position += page;
    } else if (errno != EINTR) {
      return last_error("preadv2");
    }
  }
  return total;
}

}  // namespace warmset
