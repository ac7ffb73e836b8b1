#include "survey.h"

#include <algorithm>
#include <random>

#include "mapping.h"
#include "page_probe.h"
#include "residency.h"
#include "windows.h"

namespace warmset {
namespace {

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

std::optional<SystemError> count_pages(int fd, const SurveySpec& spec, bool compare_small,
                                       const Windows& windows, FileSurvey& survey,
                                       const CancelToken& token) noexcept {
  switch (spec.source) {
    case CountSource::kCachestat: {
      auto status = count_by_cachestat(fd, windows, survey.cached, survey.counts, token);
      if (!status) return status.error();
      // Where nothing is cached there is nothing to doubt.
      if (spec.samples == 0 || survey.counts.cached == 0) return std::nullopt;
      const std::uint64_t pages = pages_in(survey.facts.size, page_size());
      const bool small = pages <= spec.samples;
      if (small && !compare_small) return std::nullopt;
      const PageProbe probe(fd, survey.facts.size);
      if (small) {
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
      auto status = count_by_mincore(fd, windows, spec.trust_empty, survey.cached, survey.counts, token);
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

Result<FileSurvey> Surveyor::survey(const std::string& path, const CancelToken& token) noexcept {
  const bool compare_small = surveyed_++ % std::max<std::uint64_t>(1, spec_.compare_every) == 0;
  auto file = open_for_reading(path);
  if (!file) return file.error();
  const int fd = file.value().fd.get();
  auto filesystem = filesystems_.magic(fd, file.value().facts.mount);
  if (!filesystem) return filesystem.error();

  FileSurvey survey;
  survey.facts = file.value().facts;
  survey.filesystem = filesystem.value();
  if (survey.facts.size == 0) return survey;

  const std::uint64_t most = std::clamp<std::uint64_t>(spec_.most_windows, 1, kMostWindows);
  const Windows windows = choose_windows(spec_.window, most, survey.facts.size);
  survey.cached.resize(windows.count());
  survey.refusal = count_pages(fd, spec_, compare_small, windows, survey, token);
  if (!survey.refusal) survey.tail_cached = is_tail_cached(fd, spec_, survey, token);
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
      // The last page counts for what the file has of it; where all are resident, it is, too.
      const bool whole = pages.value() == pages_in(data.end - begin, page);
      auto tail = whole ? pages : count_range(fd, source, size / page * page, size % page, token);
      if (!tail) return tail;
      if (tail.value() > 0) total -= page - (size % page);
    }
    position = pages_in(data.end, page) * page;
  }
  return total;
}

}  // namespace warmset