#include "survey.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "mapping.h"
#include "page_probe.h"
#include "residency.h"

namespace warmset {
namespace {

/// Windows of one file, the last one usually shorter.
struct Windows {
  std::uint64_t bytes;
  std::uint64_t file_size;

  [[nodiscard]] std::uint64_t count() const noexcept { return pages_in(file_size, bytes); }
  [[nodiscard]] std::uint64_t offset(std::uint64_t index) const noexcept { return index * bytes; }
  [[nodiscard]] std::uint64_t length(std::uint64_t first, std::uint64_t last) const noexcept {
    return std::min(last * bytes, file_size) - offset(first);
  }
  [[nodiscard]] std::uint64_t pages(std::uint64_t first, std::uint64_t last) const noexcept {
    return pages_in(length(first, last), page_size());
  }
};

/// Page counts by window are 32 bits wide.
constexpr std::uint64_t kLargestWindow = 1ULL << 40U;

std::uint64_t choose_window(const SurveySpec& spec, std::uint64_t file_size) noexcept {
  const std::uint64_t whole = pages_in(file_size, page_size()) * page_size();
  if (spec.window == 0) return std::min(whole, kLargestWindow);
  const std::uint64_t most = std::clamp<std::uint64_t>(spec.most_windows, 1, kMostWindows);
  std::uint64_t window = spec.window;
  while (window < kLargestWindow && pages_in(file_size, window) > most) window *= 2;
  return std::min(window, kLargestWindow);
}

/// Fills cached[first, last) by cachestat, asking for the whole stretch and looking closer only where it is
/// mixed: a fully cached or fully absent stretch, however long, costs one call.
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
    total.cached += found;
    total.dirty += counts.value().dirty;
    total.writeback += counts.value().writeback;
    total.evicted += counts.value().evicted;
    total.recently_evicted += counts.value().recently_evicted;
    return Nothing{};
  }
  const std::uint64_t step = std::max<std::uint64_t>(1, (last - first + kFanOut - 1) / kFanOut);
  for (std::uint64_t index = first; index < last && !token.cancelled(); index += step) {
    auto status = count_windows(fd, windows, index, std::min(index + step, last), cached, total, token);
    if (!status) return status;
  }
  return Nothing{};
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

Status count_windows_by_mincore(int fd, const Windows& windows, bool trust_empty, FileSurvey& survey,
                                const CancelToken& token) noexcept {
  const std::uint64_t count = windows.count();
  std::vector<std::uint32_t>& cached = survey.cached;
  if (!trust_empty) {
    auto status = recount_by_mincore(fd, windows, 0, count, cached, token);
    if (!status) return status;
  } else {
    auto coarse = count_windows(fd, windows, 0, count, cached, survey.counts, token);
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
  survey.counts.cached = std::accumulate(cached.begin(), cached.end(), std::uint64_t{0});
  return Nothing{};
}

/// A small file is checked whole: one call either way.
void check_against_mincore(const PageProbe& probe, std::uint64_t pages, FileSurvey& survey) noexcept {
  const auto resident = probe.count(pages);
  if (!resident) return;
  survey.sampled = static_cast<std::uint32_t>(pages);
  if (*resident != survey.counts.cached) survey.disagreed = 1;
}

/// Checks one random page in each of up to `samples` windows that are said to be all or nothing.
void sample_against_mincore(const PageProbe& probe, const Windows& windows, std::uint32_t samples,
                            FileSurvey& survey) noexcept {
  std::minstd_rand random(static_cast<std::uint32_t>(survey.facts.inode ^ survey.counts.cached));
  const std::uint64_t count = windows.count();
  const std::uint64_t step = (count + samples - 1) / samples;
  for (std::uint64_t index = random() % step; index < count; index += step) {
    const std::uint64_t pages = windows.pages(index, index + 1);
    const bool all = survey.cached[index] == pages;
    if (!all && survey.cached[index] != 0) continue;
    const std::uint64_t page = (windows.offset(index) / page_size()) + (random() % pages);
    const auto resident = probe.resident(page);
    if (!resident) continue;
    ++survey.sampled;
    if (*resident != all) ++survey.disagreed;
  }
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

std::optional<SystemError> count_pages(int fd, const SurveySpec& spec, const Windows& windows,
                                       FileSurvey& survey, const CancelToken& token) noexcept {
  switch (spec.source) {
    case CountSource::kCachestat: {
      auto status = count_windows(fd, windows, 0, windows.count(), survey.cached, survey.counts, token);
      if (!status) return status.error();
      // Where nothing is cached there is nothing to doubt.
      if (spec.samples == 0 || survey.counts.cached == 0) return std::nullopt;
      const PageProbe probe(fd, survey.facts.size);
      const std::uint64_t pages = pages_in(survey.facts.size, page_size());
      if (pages <= spec.samples) {
        check_against_mincore(probe, pages, survey);
      } else {
        sample_against_mincore(probe, windows, spec.samples, survey);
      }
      // A contradiction by someone who makes his answers up is none.
      if (survey.disagreed > 0 && !probe.truthful()) survey.sampled = survey.disagreed = 0;
      return std::nullopt;
    }
    case CountSource::kMincore: {
      if (!PageProbe(fd, survey.facts.size).truthful()) return SystemError{EPERM, "mincore"};
      auto status = count_windows_by_mincore(fd, windows, spec.trust_empty, survey, token);
      if (!status) return status.error();
      return std::nullopt;
    }
    case CountSource::kNowait:
      break;
  }
  return SystemError{EINVAL, "survey"};
}

/// Resident pages of a byte range, by whom is asked.
Result<std::uint64_t> count_range(int fd, CountSource source, std::uint64_t offset, std::uint64_t length,
                                  const CancelToken& token) noexcept {
  switch (source) {
    case CountSource::kCachestat: {
      auto counts = cachestat(fd, offset, length);
      if (!counts) return counts.error();
      return counts.value().cached;
    }
    case CountSource::kMincore:
      return count_by_mincore(fd, offset, length, token);
    case CountSource::kNowait:
      return count_by_nowait(fd, offset, length, token);
  }
  return SystemError{EINVAL, "count"};
}

/// Whether the last page is resident, asked only where the count leaves it open and it isn't a full one.
bool is_tail_cached(int fd, const SurveySpec& spec, const FileSurvey& survey,
                    const CancelToken& token) noexcept {
  const std::uint64_t size = survey.facts.size;
  const std::uint64_t pages = pages_in(size, page_size());
  if (survey.counts.cached == 0 || survey.counts.cached >= pages) return survey.counts.cached > 0;
  if (size % page_size() == 0) return false;
  auto found = count_range(fd, spec.source, (pages - 1) * page_size(), size % page_size(), token);
  return found && found.value() > 0;
}

}  // namespace

Result<FileSurvey> survey_file(const std::string& path, const SurveySpec& spec,
                               const CancelToken& token) noexcept {
  auto file = open_for_reading(path);
  if (!file) return file.error();
  const int fd = file.value().fd.get();
  auto filesystem = filesystem_magic(fd);
  if (!filesystem) return filesystem.error();

  FileSurvey survey;
  survey.facts = file.value().facts;
  survey.filesystem = filesystem.value();
  if (survey.facts.size == 0) return survey;

  const Windows windows = {choose_window(spec, survey.facts.size), survey.facts.size};
  survey.cached.resize(windows.count());
  survey.refusal = count_pages(fd, spec, windows, survey, token);
  if (!survey.refusal) survey.tail_cached = is_tail_cached(fd, spec, survey, token);
  if (survey.facts.allocated < survey.facts.size) {
    survey.data = data_pages_by_window(fd, windows, token);
  }
  survey.window = windows.bytes;
  return survey;
}

Result<std::uint64_t> count_data_bytes(const OpenFile& file, CountSource source, std::uint64_t offset,
                                       std::uint64_t length, const CancelToken& token) noexcept {
  const int fd = file.fd.get();
  const std::uint64_t page = page_size();
  const std::uint64_t size = file.facts.size;
  const std::uint64_t end = offset + std::min(length, size - std::min(size, offset));
  const bool dense = file.facts.allocated >= size;
  if (source == CountSource::kMincore && !PageProbe(fd, size).truthful())
    return SystemError{EPERM, "mincore"};
  std::uint64_t total = 0;
  std::uint64_t position = offset;
  while (position < end && !token.cancelled()) {
    const DataStretch data = dense ? DataStretch{position, end} : next_data(fd, position, end);
    if (data.begin == data.end) break;
    const std::uint64_t begin = std::max(position, data.begin / page * page);
    auto pages = count_range(fd, source, begin, data.end - begin, token);
    if (!pages) return pages;
    total += pages.value() * page;
    if (data.end == size && size % page != 0 && pages.value() > 0) {
      // The last page counts for what the file has of it.
      auto tail = count_range(fd, source, size / page * page, size % page, token);
      if (!tail) return tail;
      if (tail.value() > 0) total -= page - (size % page);
    }
    position = pages_in(data.end, page) * page;
  }
  return total;
}

}  // namespace warmset
