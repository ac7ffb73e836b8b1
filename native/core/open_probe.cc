#include "open_probe.h"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "file.h"
#include "footprint.h"
#include "mapping.h"
#include "page_probe.h"

namespace warmset {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t nanoseconds_since(Clock::time_point start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

/// EFAULT says only that a page couldn't be had: the end of the file or a read of it tells why.
void explain_fault(Touch& touch, int fd, std::uint64_t place) {
  const auto facts = identify(fd);
  if (facts && place >= facts.value().size) {
    touch.fate = TouchFate::kEnded;
    return;
  }
  char byte = 0;
  if (::pread(fd, &byte, 1, static_cast<off_t>(place)) < 0) touch.error = last_error("read");
}

class Toucher {
 public:
  Toucher(int fd, const Mapping& mapping, std::uint64_t offset, bool truthful) noexcept
      : fd_(fd),
        mapping_(mapping),
        offset_(offset),
        truthful_(truthful),
        sink_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  Touch touch(std::uint64_t place) {
    const std::uint64_t page = page_size();
    Touch touch;
    if (place < offset_ || place - offset_ >= mapping_.length()) {
      touch.fate = TouchFate::kEnded;
      return touch;
    }
    auto before = footprint(place);
    if (before) {
      touch.temperature = before.value().resident(place, 1) > 0 ? Temperature::kWarm : Temperature::kCold;
    }
    if (!sink_) {
      touch.error = last_error("eventfd");
      return touch;
    }
    const auto start = Clock::now();
    const auto faulted = mapping_.fault_in((place - offset_) / page * page, sink_.get());
    touch.nanoseconds = nanoseconds_since(start);
    if (faulted) {
      touch.fate = TouchFate::kTouched;
    } else {
      touch.error = faulted.error();
      if (touch.error.code == EFAULT) explain_fault(touch, fd_, place);
    }
    if (before) keep(std::move(before).value(), place);
    return touch;
  }

  /// Once nothing is mapped any longer.
  void take_out(OpenProbe& probe) const {
    if (!truthful_) return;
    for (const Change& change : changes_) change.before.evict_added(fd_, change.after, change.place, 1);
    std::uint64_t left = 0;
    for (const Change& change : changes_) {
      const auto now = footprint(change.place);
      // What another touch nearby added is counted there.
      if (now) left += change.before.kept(change.after, now.value());
    }
    probe.brought = brought_;
    probe.left = left;
  }

 private:
  struct Change {
    std::uint64_t place;
    Footprint before;
    Footprint after;
  };

  [[nodiscard]] Result<Footprint> footprint(std::uint64_t place) const {
    if (!truthful_) return SystemError{EPERM, "mincore"};
    return Footprint::take(fd_, place, 1, kAround);
  }

  void keep(Footprint before, std::uint64_t place) {
    auto after = footprint(place);
    if (!after) return;
    const std::uint64_t added = before.added(after.value());
    if (added == 0) return;
    brought_ += added;
    changes_.push_back({place, std::move(before), std::move(after).value()});
  }

  int fd_;
  const Mapping& mapping_;
  std::uint64_t offset_;
  bool truthful_;
  UniqueFd sink_;
  std::uint64_t brought_ = 0;
  std::vector<Change> changes_;
};

}  // namespace

Result<OpenProbe> probe_open(const OpenProbeSpec& spec, const CancelToken& token) {
  OpenProbe probe;
  auto start = Clock::now();
  auto fd = open_anything(spec.path);
  probe.open_ns = nanoseconds_since(start);
  if (!fd) return fd.error();
  const auto file = require_regular(std::move(fd).value());
  if (!file) return file.error();
  const FileFacts& facts = file.value().facts;
  const int number = file.value().fd.get();
  if (facts.device != spec.device || facts.inode != spec.inode) {
    probe.replaced = true;
    return probe;
  }
  const std::uint64_t rest = facts.size - std::min(facts.size, spec.offset);
  const std::uint64_t length = spec.length == 0 ? rest : std::min(rest, spec.length);
  if (length == 0) return SystemError{ENODATA, "mmap"};

  std::optional<Toucher> toucher;
  {
    start = Clock::now();
    auto mapping = Mapping::create(number, spec.offset, length);
    probe.map_ns = nanoseconds_since(start);
    if (!mapping) return mapping.error();
    // Without it a fault reads 128 KiB and more around its page, and the probe would warm what it measures.
    static_cast<void>(mapping.value().advise(0, length, MADV_RANDOM));
    toucher.emplace(number, mapping.value(), spec.offset, PageProbe(number, facts.size).truthful());
    for (const std::uint64_t place : spec.places) {
      if (token.cancelled()) break;
      probe.touches.push_back(toucher->touch(place));
    }
  }
  toucher->take_out(probe);
  return probe;
}

}  // namespace warmset
