#include "folios.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <span>

#include "mapping.h"
#include "page_flags.h"
#include "page_probe.h"
#include "residency.h"

namespace warmset {
namespace {

Result<UniqueFd> open_table(const char* path) noexcept {
  UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  if (!fd) return last_error("open");
  return fd;
}

struct Tables {
  int pagemap;
  int flags;
};

struct Window {
  std::uint64_t offset;
  std::uint64_t length;
};

/// The windows to look at: all of them, or as many as may be, in the middle of equal parts of the file.
template <class Visit>
std::optional<SystemError> visit_windows(FolioSample& sample, const FolioSpec& spec, const CancelToken& token,
                                         const Visit& visit) noexcept {
  const std::uint64_t size = sample.facts.size;
  sample.windows = pages_in(size, kFolioWindow);
  const std::uint64_t wanted = std::min(sample.windows, std::max<std::uint64_t>(1, spec.most_windows));
  sample.sampled = 0;
  for (std::uint64_t at = 0; at < wanted && !token.cancelled(); ++at) {
    const std::uint64_t index = ((2 * at) + 1) * sample.windows / (2 * wanted);
    const std::uint64_t offset = index * kFolioWindow;
    if (auto error = visit(Window{offset, std::min(kFolioWindow, size - offset)})) return error;
    ++sample.sampled;
  }
  return std::nullopt;
}

constexpr std::uint8_t kNoOrder = 0xff;

/// The order of each page's folio, for pages whose frames follow each other.
Status find_orders(int table, std::uint64_t frame, std::span<std::uint8_t> orders) noexcept {
  // One read for all: pages of a badly laid out file are on their own, and need no closer look.
  std::vector<std::uint64_t> flags(orders.size());
  if (auto status = read_table(table, frame, flags); !status) return status.error();
  for (std::uint64_t at = 0; at < orders.size();) {
    if (!is_compound(flags[at])) {
      orders[at++] = 0;
      continue;
    }
    auto folio = folio_of(table, frame + at);
    if (!folio) return folio.error();
    if (!folio.value()) {
      ++at;
      continue;
    }
    const FrameRange& found = *folio.value();
    // A folio's frames and its pages in the file both follow each other.
    const std::uint64_t end = std::min<std::uint64_t>(orders.size(), found.first + found.count - frame);
    const auto order = static_cast<std::size_t>(std::countr_zero(found.count));
    while (at < end) orders[at++] = static_cast<std::uint8_t>(std::min(order, kFolioOrders - 1));
  }
  return Nothing{};
}

/// Counts those of the pages that the mapping has in place, each with the folio that it is in.
std::optional<SystemError> count_run(const Mapping& mapping, const PageRun& run, const Tables& tables,
                                     PagesByOrder& counted) noexcept {
  const std::uint64_t first = mapping.first_page() + run.first;
  std::vector<std::uint64_t> entries(run.count);
  if (auto status = read_table(tables.pagemap, first, entries); !status) return status.error();
  std::vector<std::optional<std::uint64_t>> frames;
  frames.reserve(run.count);
  for (const std::uint64_t entry : entries) {
    auto frame = frame_of(entry);
    if (!frame) return frame.error();
    frames.push_back(frame.value());
  }
  std::vector<std::uint8_t> orders(run.count, kNoOrder);
  for (std::uint64_t at = 0; at < run.count;) {
    std::uint64_t next = at + 1;
    if (frames[at]) {
      while (next < run.count && frames[next] == *frames[at] + (next - at)) ++next;
      const std::span<std::uint8_t> stretch(orders.data() + at, next - at);
      if (auto status = find_orders(tables.flags, *frames[at], stretch); !status) return status.error();
    }
    at = next;
  }
  // The kernel may have taken a page away meanwhile and given its frame to somebody else.
  if (auto status = read_table(tables.pagemap, first, entries); !status) return status.error();
  for (std::uint64_t at = 0; at < run.count; ++at) {
    const auto frame = frame_of(entries[at]);
    if (orders[at] != kNoOrder && frame && frame.value() == frames[at]) ++counted[orders[at]];
  }
  return std::nullopt;
}

std::optional<SystemError> count_window(int fd, const Window& window, const Tables& tables,
                                        const CancelToken& token, FolioSample& sample) noexcept {
  auto mapping = Mapping::create(fd, window.offset, window.length);
  if (!mapping) return mapping.error();
  // No read-ahead; and pages mapped so aren't taken for used when the mapping goes (6.3).
  if (auto status = mapping.value().advise(0, window.length, MADV_RANDOM); !status) return status.error();
  auto runs = resident_runs(mapping.value(), 0, window.length, token);
  if (!runs) return runs.error();
  for (const PageRun& run : runs.value()) {
    sample.resident += run.count;
    const auto mapped = mapping.value().populate(run.first * page_size(), run.count * page_size());
    // Truncated meanwhile, or its read failed: those pages aren't mapped, and not counted.
    const int code = mapped ? 0 : mapped.error().code;
    if (code != 0 && code != EFAULT && code != ENOMEM && code != EHWPOISON) return mapped.error();
    if (auto error = count_run(mapping.value(), run, tables, sample.pages)) return error;
  }
  return std::nullopt;
}

std::optional<SystemError> count_folios(int fd, const FolioSpec& spec, const Tables& tables,
                                        const CancelToken& token, FolioSample& sample) noexcept {
  // To a caller who is told that every page is resident, mapping them would mean to read them.
  if (!PageProbe(fd, sample.facts.size).truthful()) return SystemError{EPERM, "mincore"};
  return visit_windows(sample, spec, token,
                       [&](const Window& window) { return count_window(fd, window, tables, token, sample); });
}

std::optional<SystemError> time_folios(int fd, const FolioSpec& spec, const FolioClock& clock,
                                       const CancelToken& token, FolioSample& sample) noexcept {
  return visit_windows(sample, spec, token, [&](const Window& window) -> std::optional<SystemError> {
    auto timing = clock.time(fd, window.offset, window.length);
    if (!timing) return timing.error();
    if (timing.value()) sample.timings.push_back(*timing.value());
    return std::nullopt;
  });
}

}  // namespace

FolioSampler::FolioSampler() noexcept
    : pagemap_(open_table("/proc/self/pagemap")), flags_(open_table("/proc/kpageflags")) {}

Result<FolioSample> FolioSampler::sample(const std::string& path, const FolioSpec& spec,
                                         const CancelToken& token) noexcept {
  auto file = open_for_reading(path);
  if (!file) return file.error();
  const int fd = file.value().fd.get();
  auto filesystem = filesystem_magic(fd);
  if (!filesystem) return filesystem.error();

  FolioSample sample;
  sample.facts = file.value().facts;
  sample.filesystem = filesystem.value();
  if (sample.facts.size == 0) return sample;

  if (!flags_) {
    sample.refusal = flags_.error();
  } else if (!pagemap_) {
    sample.refusal = pagemap_.error();
  } else {
    const Tables tables = {pagemap_.value().get(), flags_.value().get()};
    sample.refusal = count_folios(fd, spec, tables, token, sample);
  }
  if (!sample.refusal) return sample;
  sample.resident = 0;
  sample.pages = {};
  if (!clock_) clock_.emplace();
  sample.reference = clock_->reference();
  sample.untimed = time_folios(fd, spec, *clock_, token, sample);
  return sample;
}

}  // namespace warmset
