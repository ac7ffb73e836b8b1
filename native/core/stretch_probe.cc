#include "stretch_probe.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "file.h"
#include "footprint.h"
#include "mapping.h"
#include "page_probe.h"
#include "residency.h"

namespace warmset {
namespace {

using Clock = std::chrono::steady_clock;

// A fault reads around itself, before and behind the stretch: read_ahead_kb, which is 8 MiB on many a device.
constexpr std::uint64_t kReadAheadPages = 4096;

// Read-ahead is still under way when the last page was touched, and what is read can't be taken out before it
// came.
constexpr int kMostLooks = 200;
constexpr int kQuietLooks = 3;
constexpr std::chrono::milliseconds kBetweenLooks(10);

/// The bytes of which a footprint of the stretch tells.
struct Window {
  std::uint64_t offset;
  std::uint64_t length;
};

/// EFAULT says only that a page couldn't be had: the end of the file or a read of it tells why.
void explain(StretchProbe& probe, SystemError error, int fd, std::uint64_t place) {
  if (error.code == EFAULT) {
    const auto facts = identify(fd);
    if (facts && place >= facts.value().size) {
      probe.ended = true;
      return;
    }
    char byte = 0;
    if (::pread(fd, &byte, 1, static_cast<off_t>(place)) < 0) error = last_error("read");
  }
  probe.error = error;
}

/// Returns with nothing mapped any longer, so that what it brought in can be taken out.
Status touch_all(StretchProbe& probe, int fd, const StretchProbeSpec& spec, std::uint64_t length,
                 const CancelToken& token) {
  const UniqueFd sink(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!sink) return last_error("eventfd");
  auto mapping = Mapping::create(fd, spec.offset, length);
  if (!mapping) return mapping.error();
  const std::uint64_t page = page_size();
  const auto start = Clock::now();
  for (; probe.touched < probe.pages && !token.cancelled(); ++probe.touched) {
    const auto faulted = mapping.value().fault_in(probe.touched * page, sink.get());
    if (faulted) continue;
    explain(probe, faulted.error(), fd, spec.offset + (probe.touched * page));
    break;
  }
  probe.nanoseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
  return Nothing{};
}

/// Until three looks in a row found the same, and nothing is being read where the kernel tells (cachestat
/// counts what is under way, mincore doesn't); for two seconds at most.
template <class Look>
void wait_for_read_ahead(int fd, const Window& window, const Look& look) {
  std::uint64_t last = 0;
  int quiet = 0;
  for (int looks = 0; looks < kMostLooks && quiet < kQuietLooks; ++looks) {
    std::this_thread::sleep_for(kBetweenLooks);
    const auto now = look();
    if (!now) return;
    const std::uint64_t resident = now.value().resident(window.offset, window.length);
    const auto cached = cachestat(fd, window.offset, window.length);
    const bool reading = cached && cached.value().cached > resident;
    quiet = reading || resident != last ? 0 : quiet + 1;
    last = resident;
  }
}

}  // namespace

Result<StretchProbe> probe_stretch(const StretchProbeSpec& spec, const CancelToken& token) {
  StretchProbe probe;
  const auto file = open_for_reading(spec.path);
  if (!file) return file.error();
  const FileFacts& facts = file.value().facts;
  const int fd = file.value().fd.get();
  if (facts.device != spec.device || facts.inode != spec.inode) {
    probe.replaced = true;
    return probe;
  }
  const std::uint64_t length = std::min(facts.size - std::min(facts.size, spec.offset), spec.length);
  if (length == 0) return SystemError{ENODATA, "mmap"};
  probe.pages = pages_in(length, page_size());

  const bool truthful = PageProbe(fd, facts.size).truthful();
  const auto footprint = [&]() -> Result<Footprint> {
    if (!truthful) return SystemError{EPERM, "mincore"};
    return Footprint::take(fd, spec.offset, length, kReadAheadPages);
  };
  const auto before = footprint();
  if (before) probe.resident = before.value().resident(spec.offset, length);
  if (const auto status = touch_all(probe, fd, spec, length, token); !status) return status.error();
  if (!before) return probe;
  const std::uint64_t around = std::min(spec.offset, kReadAheadPages * page_size());
  const Window window = {
      spec.offset - around,
      std::min(facts.size, spec.offset + length + (kReadAheadPages * page_size())) - (spec.offset - around)};
  wait_for_read_ahead(fd, window, footprint);
  const auto after = footprint();
  if (!after) return probe;
  probe.brought = before.value().added(after.value());
  before.value().evict_added(fd, after.value(), window.offset, window.length);
  const auto now = footprint();
  if (now) probe.left = before.value().kept(after.value(), now.value());
  return probe;
}

}  // namespace warmset
