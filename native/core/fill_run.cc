#include "fill_run.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "advise.h"
#include "file.h"
#include "file_edges.h"
#include "mapping.h"
#include "read_ahead_marks.h"

namespace warmset {
namespace {

// A device that fails every read may take seconds for each: after this many windows the file is left alone.
constexpr std::uint32_t kFailuresBeforeGivingUp = 8;

// Small pieces are taken together: all their reads are queued before the first is waited for, so that the
// device works on many at once and the block layer joins neighbours (50,000 files of 1 to 64 KiB, one after
// the other on the disk, became a quarter of the requests). Few enough that a queue of ours stays short for
// others.
constexpr std::size_t kTogether = 64;
constexpr std::uint64_t kTogetherBytes = 1ULL << 20U;
constexpr std::uint64_t kPieceOfMany = 64ULL * 1024;

bool is_same(const FileFacts& facts, const FillFile& wanted) noexcept {
  return facts.device == wanted.device && facts.inode == wanted.inode;
}

/// An extent may end with the last page instead of the last byte.
bool reaches(int fd, std::uint64_t end) noexcept {
  const auto facts = identify(fd);
  return facts && pages_in(facts.value().size, page_size()) >= pages_in(end, page_size());
}

/// The descriptor of a stretch is closed behind it, and another file may get its number.
class EngineStretch {
 public:
  EngineStretch(FillEngine& engine, int fd, std::uint64_t offset, std::uint64_t length) noexcept
      : engine_(engine) {
    engine_.begin_stretch(fd, offset, length);
  }
  EngineStretch(const EngineStretch&) = delete;
  EngineStretch& operator=(const EngineStretch&) = delete;
  ~EngineStretch() { engine_.end_stretch(); }

 private:
  FillEngine& engine_;
};

}  // namespace

FillRun::FillRun(FillSpec spec)
    : spec_(std::move(spec)), outcomes_(spec_.files.size()), failures_(spec_.files.size()) {}

bool FillRun::take(std::vector<Stretch>& batch) {
  batch.clear();
  // Whoever limits the rate wants each piece to wait for its turn.
  const bool may_queue = spec_.small > 0 && std::all_of(spec_.limiters.begin(), spec_.limiters.end(),
                                                        [](const auto& limiter) { return limiter->open(); });
  const std::uint64_t most = std::min(kPieceOfMany, spec_.small);
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = 0;
  while (const auto next = peek()) {
    if (!batch.empty() && (*next > most || bytes + *next > kTogetherBytes)) break;
    batch.push_back(pass_over());
    bytes += *next;
    if (!may_queue || *next > most || batch.size() == kTogether) break;
  }
  return !batch.empty();
}

std::optional<std::uint64_t> FillRun::peek() {
  while (file_ < spec_.files.size() && extent_ == spec_.files[file_].extents.size()) {
    ++file_;
    extent_ = 0;
  }
  if (file_ == spec_.files.size()) return std::nullopt;
  return std::min(spec_.stretch, spec_.files[file_].extents[extent_].length - within_);
}

FillRun::Stretch FillRun::pass_over() {
  const auto& extents = spec_.files[file_].extents;
  const FillExtent& extent = extents[extent_];
  const std::uint64_t offset = within_;
  const std::uint64_t length = std::min(spec_.stretch, extent.length - offset);
  within_ += length;
  // Where only part of an extent was missing nobody knows which part: it counts with its last stretch.
  const bool all_missing = extent.missing == extent.length;
  const bool last = within_ == extent.length;
  const std::uint64_t missing = all_missing ? length : (last ? extent.missing : 0);
  if (last) {
    ++extent_;
    within_ = 0;
  }
  return Stretch{file_, {extent.offset + offset, length, missing}, last && extent_ == extents.size()};
}

void FillRun::work(const CancelToken& token) {
  auto large = make_engine(spec_.engine, spec_.touch);
  auto small = make_engine(EngineKind::kRead);
  std::vector<Stretch> batch;
  std::vector<std::optional<OpenFile>> opened;
  while (!token.cancelled() && take(batch)) {
    opened.clear();
    opened.resize(batch.size());
    if (batch.size() > 1) queue_reads(batch, opened);
    for (std::size_t at = 0; at < batch.size() && !token.cancelled(); ++at) {
      const Stretch& stretch = batch[at];
      auto& engine = stretch.extent.length <= spec_.small ? small : large;
      if (engine) {
        fill_stretch(stretch, std::move(opened[at]), *engine.value(), token);
      } else {
        record(stretch.file, FileFate::kFailed, engine.error(), stretch.extent.offset);
      }
      opened[at].reset();
      if (stretch.last_of_file) files_done_.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void FillRun::queue_reads(const std::vector<Stretch>& batch, std::vector<std::optional<OpenFile>>& opened) {
  for (std::size_t at = 0; at < batch.size(); ++at) {
    const FillExtent& extent = batch[at].extent;
    // Whatever is wrong here (too many open files, a file replaced) is seen again when it is filled.
    const FillFile& wanted = spec_.files[batch[at].file];
    auto file = open_for_reading(wanted.path);
    if (!file || !is_same(file.value().facts, wanted)) return;
    static_cast<void>(read_ahead(file.value().fd.get(), extent.offset, extent.length));
    opened[at] = std::move(file.value());
  }
}

void FillRun::fill_stretch(const Stretch& stretch, std::optional<OpenFile> opened, FillEngine& engine,
                           const CancelToken& token) {
  if (given_up(stretch.file)) return;
  const FillFile& file = spec_.files[stretch.file];
  if (!opened) {
    auto again = open_for_reading(file.path);
    if (!again) return record(stretch.file, FileFate::kFailed, again.error(), stretch.extent.offset);
    opened = std::move(again.value());
  }
  const FileFacts& facts = opened->facts;
  const int fd = opened->fd.get();
  const bool dense = facts.allocated >= facts.size;
  if (!is_same(facts, file)) {
    return record(stretch.file, FileFate::kReplaced, {}, stretch.extent.offset);
  }

  const std::uint64_t end = stretch.extent.offset + stretch.extent.length;
  const bool all_missing = stretch.extent.missing == stretch.extent.length;
  const bool huge = spec_.engine == EngineKind::kPopulate && stretch.extent.length > spec_.small;
  bool clean = true;
  bool was_alone = false;
  std::uint64_t position = stretch.extent.offset;
  const EngineStretch within(engine, fd, stretch.extent.offset, stretch.extent.length);
  while (position < end && !token.cancelled()) {
    // Looking for holes costs two calls a window; most files have none.
    const std::uint64_t size = std::max(position, facts.size);
    const DataStretch data = dense ? DataStretch{position, size} : next_data(fd, position, size);
    const std::uint64_t data_end = std::min(data.end, end);
    if (data.begin >= data_end) {
      // Behind the end of a file there is no data either: a hole, or was the file truncated?
      if (!reaches(fd, end)) {
        clean = false;
        record(stretch.file, FileFate::kTruncated, {}, position);
      }
      position = end;
      break;
    }
    // Windows end where huge pages do, also those behind a piece that a limit made shorter.
    const std::uint64_t window = spec_.window - (data.begin % spec_.window);
    const auto admitted = admit(std::min(window, data_end - data.begin), token);
    if (!admitted) break;
    const std::uint64_t length = admitted->bytes;
    position = data.begin + length;
    const bool alone =
        admitted->limited || (!dense && brings_in_holes(huge, {data.begin, position}, data.end, size));
    // An engine that read alone left the descriptor without read-ahead.
    if (was_alone && !alone) static_cast<void>(fadvise(fd, 0, 0, POSIX_FADV_NORMAL));
    was_alone = alone;
    if (auto status = engine.fill(fd, data.begin, length, alone); !status) {
      clean = false;
      const bool ended = status.error().code == ENODATA;
      record(stretch.file, ended ? FileFate::kTruncated : FileFate::kFailed, status.error(), data.begin);
      if (given_up(stretch.file)) break;
      continue;
    }
    if (position == facts.size && facts.block < page_size()) complete_last_page(fd, facts.size);
    add_up(stretch.file, length, all_missing ? length : 0);
  }
  const bool whole = clean && position >= end;
  if (!all_missing && whole) add_up(stretch.file, 0, stretch.extent.missing);
  // Also of what lies before it: that couldn't be done while this was missing. Whoever of two neighbours is
  // the later one does it for both.
  if (whole && huge && spec_.touch) {
    take_read_ahead_marks(fd, stretch.extent.offset - std::min(stretch.extent.offset, kReadAheadReach), end);
  }
}

void FillRun::add_up(std::size_t file, std::uint64_t filled, std::uint64_t read) {
  filled_.fetch_add(filled, std::memory_order_relaxed);
  read_.fetch_add(read, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  outcomes_[file].filled += filled;
  outcomes_[file].read += read;
}

std::vector<FileOutcome> FillRun::outcomes() const {
  const std::lock_guard lock(mutex_);
  return outcomes_;
}

std::optional<FillRun::Admission> FillRun::admit(std::uint64_t wanted, const CancelToken& token) const {
  Admission admission = {wanted, false, {}};
  for (const auto& limiter : spec_.limiters) {
    auto turn = limiter->admit(admission.bytes, page_size(), token);
    if (!turn) return std::nullopt;
    admission.bytes = turn->bytes;
    admission.limited = admission.limited || turn->limited;
    admission.turns.push_back(std::move(*turn));
  }
  return admission;
}

void FillRun::record(std::size_t file, FileFate fate, SystemError error, std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  FileOutcome& outcome = outcomes_[file];
  const bool final = fate != FileFate::kFailed || error.code != EIO;
  failures_[file] += final ? kFailuresBeforeGivingUp : 1;
  if (outcome.fate == FileFate::kFine) {
    outcome.fate = fate;
    outcome.error = error;
    outcome.failed_at = offset;
  }
}

bool FillRun::given_up(std::size_t file) {
  const std::lock_guard lock(mutex_);
  return failures_[file] >= kFailuresBeforeGivingUp;
}

}  // namespace warmset
