#include "read_probe.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "advise.h"
#include "file.h"
#include "footprint.h"
#include "kernel_abi.h"
#include "mapping.h"
#include "page_probe.h"

namespace warmset {
namespace {

using Clock = std::chrono::steady_clock;

// How soon a spaced probe sees that it was cancelled.
constexpr std::chrono::milliseconds kGlance(20);

struct Freed {
  void operator()(void* memory) const noexcept { std::free(memory); }
};
using Buffer = std::unique_ptr<void, Freed>;

/// Sectors that this thread has asked a block device for. No filesystem without one counts here.
std::int64_t sectors_asked() noexcept {
  rusage usage = {};
  return ::getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_inblock : 0;
}

bool refuses(int error) noexcept {
  return error == EINVAL || error == EOPNOTSUPP || error == ENOSYS;
}

/// One file of a probe: opened once, and what was learned of it.
class ProbedFile {
 public:
  explicit ProbedFile(const ProbeFile& file) : opened_(open_for_reading(file.path)) {
    if (!opened_) return;
    const FileFacts& facts = opened_.value().facts;
    replaced_ = facts.device != file.device || facts.inode != file.inode;
    if (replaced_) return;
    // Otherwise the first reads of a file bring in 3 to 48 pages behind them, RWF_DONTCACHE or not.
    static_cast<void>(fadvise(fd(), 0, 0, POSIX_FADV_RANDOM));
    truthful_ = PageProbe(fd(), facts.size).truthful();
    const auto magic = filesystem_magic(fd());
    // Since 6.6 O_DIRECT is accepted there, although nothing but memory can answer.
    in_memory_ = magic && (magic.value() == TMPFS_MAGIC || magic.value() == RAMFS_MAGIC);
  }

  ProbedRead read(std::uint64_t offset, std::uint64_t block, ReadWay from, void* buffer);

 private:
  [[nodiscard]] int fd() const noexcept { return opened_.value().fd.get(); }
  /// False when the filesystem refuses this way: nothing was read then.
  bool try_direct(ProbedRead& result, std::uint64_t offset, std::uint64_t block, void* buffer);
  bool try_cached(ProbedRead& result, ReadWay way, std::uint64_t offset, std::uint64_t block, void* buffer);
  [[nodiscard]] bool asks_device_again(std::uint64_t offset, std::uint64_t block, void* buffer) const;
  /// O_DIRECT is a flag of our own open file: no second open, which would empty the cache of many a FUSE
  /// file.
  [[nodiscard]] bool set_direct(bool on) const noexcept;
  /// A file that isn't there, ends before the place, or has no data in it.
  [[nodiscard]] bool settled_early(ProbedRead& result, std::uint64_t offset, std::uint64_t block) const;

  Result<OpenFile> opened_;
  bool replaced_ = false;
  bool truthful_ = false;
  bool in_memory_ = false;
  bool direct_works_ = true;
  bool direct_proved_ = false;  // seen to leave the cache alone
  bool dontcache_works_ = true;
};

bool ProbedFile::set_direct(bool on) const noexcept {
  const int flags = ::fcntl(fd(), F_GETFL);
  return flags >= 0 && ::fcntl(fd(), F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

bool ProbedFile::settled_early(ProbedRead& result, std::uint64_t offset, std::uint64_t block) const {
  if (!opened_) {
    result.error = opened_.error();
    return true;
  }
  if (replaced_) {
    result.fate = ReadFate::kReplaced;
    return true;
  }
  const auto facts = identify(fd());
  if (!facts) {
    result.error = facts.error();
    return true;
  }
  const std::uint64_t size = facts.value().size;
  if (offset >= size) {
    result.fate = ReadFate::kEnded;
    return true;
  }
  if (facts.value().allocated < size) {
    const std::uint64_t end = std::min(size, offset + block);
    const DataStretch data = next_data(fd(), offset, end);
    if (data.begin != offset || data.end != end) {
      result.fate = ReadFate::kHole;
      return true;
    }
  }
  return false;
}

/// Times one call and keeps what it said.
template <class Call>
ssize_t timed(ProbedRead& result, Call call) {
  const auto start = Clock::now();
  const ssize_t got = call();
  const auto took = Clock::now() - start;
  if (got < 0) result.error = last_error("read");
  result.fate = got > 0 ? ReadFate::kRead : (got == 0 ? ReadFate::kEnded : ReadFate::kFailed);
  result.bytes = got > 0 ? static_cast<std::uint64_t>(got) : 0;
  result.nanoseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
  return got;
}

/// Of a place that is resident now, while O_DIRECT is set: whether it is answered by the device all the same.
bool ProbedFile::asks_device_again(std::uint64_t offset, std::uint64_t block, void* buffer) const {
  const std::int64_t sectors = sectors_asked();
  return ::pread(fd(), buffer, block, static_cast<off_t>(offset)) > 0 && sectors_asked() > sectors;
}

bool ProbedFile::try_direct(ProbedRead& result, std::uint64_t offset, std::uint64_t block, void* buffer) {
  if (!direct_works_ || in_memory_ || !set_direct(true)) {
    direct_works_ = false;
    return false;
  }
  const auto before = Footprint::take(fd(), offset, block, kAround);
  const std::int64_t sectors = sectors_asked();
  result.way = ReadWay::kDirect;
  const ssize_t got = timed(result, [&] { return ::pread(fd(), buffer, block, static_cast<off_t>(offset)); });
  const bool asked_device = sectors_asked() > sectors;
  if (got < 0 && refuses(result.error.code)) {
    direct_works_ = false;
    return false;
  }
  const bool knows = truthful_ && before;
  const bool was_cold = knows && before.value().resident(offset, block) == 0;
  if (knows) {
    auto after = Footprint::take(fd(), offset, block, kAround);
    if (after && was_cold && got > 0) {
      const bool all_came =
          after.value().resident(offset, result.bytes) == pages_in(result.bytes, page_size());
      if (!all_came || asks_device_again(offset, block, buffer)) {
        direct_proved_ = true;  // what came in meanwhile is somebody else's
      } else {
        // A filesystem that accepts O_DIRECT and reads through the cache all the same: compressed btrfs, ext4
        // with data=journal. Elsewhere in the file the answer could come from memory.
        direct_works_ = false;
        result.way = ReadWay::kBuffered;
        before.value().evict_added(fd(), after.value(), offset, block);
        after = Footprint::take(fd(), offset, block, kAround);
      }
    }
    if (after) result.added = before.value().added(after.value());
  }
  if (result.fate == ReadFate::kRead && !was_cold && !asked_device && !direct_proved_) {
    result.fate = knows ? ReadFate::kResident : ReadFate::kUnknown;
  }
  return true;
}

bool ProbedFile::try_cached(ProbedRead& result, ReadWay way, std::uint64_t offset, std::uint64_t block,
                            void* buffer) {
  if (way == ReadWay::kDontcache && !dontcache_works_) return false;
  const auto before = Footprint::take(fd(), offset, block, kAround);
  if (!truthful_ || !before) {
    result.fate = ReadFate::kUnknown;
    return true;
  }
  if (in_memory_ || before.value().resident(offset, block) > 0) {
    result.fate = ReadFate::kResident;
    result.added = 0;
    return true;
  }
  const iovec vector = {buffer, block};
  const int flags = way == ReadWay::kDontcache ? kRwfDontcache : 0;
  result.way = way;
  const ssize_t got =
      timed(result, [&] { return ::preadv2(fd(), &vector, 1, static_cast<off_t>(offset), flags); });
  if (got < 0 && way == ReadWay::kDontcache && refuses(result.error.code)) {
    dontcache_works_ = false;
    return false;
  }
  auto after = Footprint::take(fd(), offset, block, kAround);
  // RWF_DONTCACHE takes out by itself what it brought in: what is left came for somebody else.
  if (after && way == ReadWay::kBuffered) {
    before.value().evict_added(fd(), after.value(), offset, block);
    after = Footprint::take(fd(), offset, block, kAround);
  }
  if (after) result.added = before.value().added(after.value());
  return true;
}

ProbedRead ProbedFile::read(std::uint64_t offset, std::uint64_t block, ReadWay from, void* buffer) {
  ProbedRead result;
  if (settled_early(result, offset, block)) return result;
  if (from == ReadWay::kDirect && try_direct(result, offset, block, buffer)) return result;
  static_cast<void>(set_direct(false));
  result = {};
  if (from != ReadWay::kBuffered && try_cached(result, ReadWay::kDontcache, offset, block, buffer)) {
    return result;
  }
  result = {};
  static_cast<void>(try_cached(result, ReadWay::kBuffered, offset, block, buffer));
  return result;
}

void wait_until(Clock::time_point when, const CancelToken& token) {
  while (!token.cancelled()) {
    const auto now = Clock::now();
    if (now >= when) return;
    std::this_thread::sleep_until(std::min(when, now + kGlance));
  }
}

}  // namespace

std::vector<ProbedRead> probe_reads(const ReadProbeSpec& spec, const CancelToken& token) {
  std::vector<ProbedRead> reads;
  const Buffer buffer(std::aligned_alloc(std::max(page_size(), kProbeAlignment),
                                         pages_in(spec.block, page_size()) * page_size()));
  // Its own page faults would be timed, and btrfs reads through the cache when O_DIRECT meets one.
  if (buffer) std::memset(buffer.get(), 0, spec.block);
  std::vector<std::unique_ptr<ProbedFile>> files(spec.files.size());
  auto next = Clock::now();
  const auto limit = spec.limit.count() == 0 ? Clock::time_point::max() : next + spec.limit;
  for (const ProbePlace& place : spec.places) {
    wait_until(std::min(next, limit), token);
    if (token.cancelled() || Clock::now() >= limit) break;
    next = Clock::now() + spec.spacing;
    ProbedRead& read = reads.emplace_back();
    if (!buffer) {
      read.error = {ENOMEM, "aligned_alloc"};
    } else if (place.file >= files.size()) {
      read.error = {EINVAL, "probe"};
    } else {
      auto& file = files[place.file];
      if (!file) file = std::make_unique<ProbedFile>(spec.files[place.file]);
      read = file->read(place.offset, spec.block, spec.from, buffer.get());
    }
  }
  return reads;
}

}  // namespace warmset
