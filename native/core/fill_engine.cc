#include "fill_engine.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "advise.h"
#include "first_touch.h"
#include "mapping.h"
#include "unique_fd.h"

namespace warmset {
namespace {

constexpr std::uint64_t kReadBuffer = 256ULL * 1024;  // fits the L2 cache, so the copy stays cheap
constexpr std::uint64_t kWillneedPiece =
    128ULL * 1024;  // below every device's max_sectors_kb seen in the field

constexpr SystemError kFileEnded = {ENODATA, "read"};

ssize_t pread_retrying(int fd, void* buffer, std::size_t length, std::uint64_t offset) noexcept {
  ssize_t got = 0;
  do {
    got = ::pread(fd, buffer, length, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

/// Of this descriptor only; each read then brings in just what it asks for.
void stop_read_ahead(int fd) noexcept {
  static_cast<void>(fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
}

/// Since 5.18 (4687fdbb805a) a fault where MADV_HUGEPAGE was given reads its whole huge page, whatever
/// read-ahead there is or isn't.
bool faults_bring_in_huge_pages() noexcept {
  static const bool answer = [] {
    utsname name = {};
    if (::uname(&name) != 0) return false;
    const std::string_view release(name.release);
    int major = 0;
    int minor = 0;
    const auto dot = std::from_chars(release.data(), release.data() + release.size(), major);
    if (dot.ec != std::errc() || *dot.ptr != '.') return false;
    const auto end = std::from_chars(dot.ptr + 1, release.data() + release.size(), minor);
    return end.ec == std::errc() && (major > 5 || (major == 5 && minor >= 18));
  }();
  return answer;
}

/// Queues the reads of just these bytes, in requests as large as the kernel lets them be.
void queue_exactly(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  const std::uint64_t end = offset + length;
  for (std::uint64_t piece = offset; piece < end; piece += kWillneedPiece) {
    static_cast<void>(read_ahead(fd, piece, std::min(kWillneedPiece, end - piece)));
  }
}

class PopulateEngine final : public FillEngine {
 public:
  explicit PopulateEngine(std::unique_ptr<FirstTouch> first_touch) noexcept
      : first_touch_(std::move(first_touch)) {}

  void begin_stretch(int fd, std::uint64_t offset, std::uint64_t length) noexcept override {
    if (length < kHugePage || !faults_bring_in_huge_pages()) return;
    begin_ = offset / kHugePage * kHugePage;
    auto pairs = Mapping::create(fd, begin_, offset + length - begin_);
    auto mapping = Mapping::create(fd, begin_, offset + length - begin_);
    if (!pairs || !advise_huge(pairs.value())) return;
    if (!mapping || !advise_huge(mapping.value())) return;
    // Where faults bring in whole huge pages read-ahead only does harm: begun anew by each descriptor it goes
    // on with single pages, which cost 0.13 s of CPU a GiB instead of 0.02, and it reads on while the guard
    // has us pause.
    if (!mapping.value().advise(0, mapping.value().length(), MADV_RANDOM)) return;
    stretch_ = std::move(mapping).value();
    pairs_ = std::move(pairs).value();
  }

  void end_stretch() noexcept override {
    stretch_.reset();
    pairs_.reset();
  }

  Status fill(int fd, std::uint64_t offset, std::uint64_t length, bool alone) noexcept override {
    auto populated = holds(offset, length) ? populate_huge(offset - begin_, length)
                                           : populate_window(fd, offset, length, alone);
    if (populated || populated.error().code != EFAULT) return populated;
    // EFAULT says only that a page couldn't be had. Reading tells whether the file ended or the device
    // failed.
    return read_page_by_page(fd, offset, length);
  }

 private:
  /// Refused where the kernel was built without: the fill works all the same, with smaller folios.
  static bool advise_huge(const Mapping& mapping) noexcept {
    return static_cast<bool>(mapping.advise(0, mapping.length(), MADV_HUGEPAGE));
  }

  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t length) const noexcept {
    return stretch_ && offset >= begin_ && offset + length <= begin_ + stretch_->length() &&
           offset % kHugePage == 0 && length % kHugePage == 0;
  }

  /// One mapping for all windows of a stretch: to map and unmap each takes the lock of the whole address
  /// space twice, which the streams then wait for (0.028 s of CPU a GiB with four, 0.020 so).
  Status populate_huge(std::uint64_t at, std::uint64_t length) noexcept {
    Status populated = begin_pairs(at, length);
    if (populated) populated = stretch_->populate(at, length);
    if (populated && first_touch_) first_touch_->touch(*stretch_, at, length);
    // What is mapped counts as memory of this process.
    for (const Mapping* mapping : {&*stretch_, &*pairs_}) {
      static_cast<void>(mapping->advise(at, length, MADV_DONTNEED));
    }
    return populated;
  }

  /// Without MADV_RANDOM a fault reads two huge pages and marks only the second for read-ahead, which spares
  /// a request to the device and half of what read_ahead_marks.h is for. Nothing faults on the mark here, so
  /// the kernel doesn't go on by itself.
  Status begin_pairs(std::uint64_t at, std::uint64_t length) noexcept {
    for (std::uint64_t pair = at; pair + (2 * kHugePage) <= at + length; pair += 2 * kHugePage) {
      if (auto begun = pairs_->populate(pair, page_size()); !begun) return begun;
    }
    return Nothing{};
  }

  Status populate_window(int fd, std::uint64_t offset, std::uint64_t length, bool alone) noexcept {
    const std::uint64_t begin = offset / page_size() * page_size();
    const std::uint64_t span = offset + length - begin;
    auto mapping = Mapping::create(fd, begin, span);
    if (!mapping) return mapping.error();
    // A huge folio may not reach beyond a window that is to be read alone. Without read-ahead faults would
    // bring in page by page: as many requests as there are pages.
    if (alone) {
      static_cast<void>(mapping.value().advise(0, span, MADV_RANDOM));
      queue_exactly(fd, begin, span);
    } else {
      advise_huge(mapping.value());
    }
    auto populated = mapping.value().populate(0, span);
    if (populated && first_touch_) first_touch_->touch(mapping.value(), 0, span);
    return populated;
  }

  std::optional<Mapping> stretch_;
  std::optional<Mapping> pairs_;  // the same bytes, where faults read two huge pages
  std::uint64_t begin_ = 0;
  std::unique_ptr<FirstTouch> first_touch_;
};

class SendfileEngine final : public FillEngine {
 public:
  explicit SendfileEngine(UniqueFd sink) noexcept : sink_(std::move(sink)) {}

  Status fill(int fd, std::uint64_t offset, std::uint64_t length, bool alone) noexcept override {
    if (alone) stop_read_ahead(fd);
    auto position = static_cast<off_t>(offset);
    const auto end = static_cast<off_t>(offset + length);
    while (position < end) {
      const ssize_t sent = ::sendfile(sink_.get(), fd, &position, static_cast<std::size_t>(end - position));
      if (sent == 0) return kFileEnded;
      if (sent >= 0 || errno == EINTR) continue;
      if (errno != EIO) return last_error("sendfile");
      // Behind a bad sector there is more that can be brought in.
      const auto failed_at = static_cast<std::uint64_t>(position);
      return read_page_by_page(fd, failed_at, offset + length - failed_at);
    }
    return Nothing{};
  }

 private:
  UniqueFd sink_;
};

class ReadEngine final : public FillEngine {
 public:
  Status fill(int fd, std::uint64_t offset, std::uint64_t length, bool alone) noexcept override {
    if (alone) stop_read_ahead(fd);
    std::uint64_t position = offset;
    const std::uint64_t end = offset + length;
    while (position < end) {
      const ssize_t got = pread_retrying(fd, buffer_.data(), std::min(kReadBuffer, end - position), position);
      if (got == 0) return kFileEnded;
      if (got < 0 && errno != EIO) return last_error("read");
      if (got < 0) return read_page_by_page(fd, position, end - position);
      position += static_cast<std::uint64_t>(got);
    }
    return Nothing{};
  }

 private:
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kReadBuffer);
};

class WillneedEngine final : public FillEngine {
 public:
  Status fill(int fd, std::uint64_t offset, std::uint64_t length, bool /*alone*/) noexcept override {
    const std::uint64_t end = offset + length;
    for (std::uint64_t piece = offset; piece < end; piece += kWillneedPiece) {
      auto advised = fadvise(fd, piece, std::min(kWillneedPiece, end - piece), POSIX_FADV_WILLNEED);
      if (!advised) return advised;
    }
    // The advice only queues. Reading a byte of each page waits for its read, and repeats one that failed.
    return read_page_by_page(fd, offset, length);
  }
};

}  // namespace

void FillEngine::begin_stretch(int /*fd*/, std::uint64_t /*offset*/, std::uint64_t /*length*/) noexcept {}

void FillEngine::end_stretch() noexcept {}

Status read_page_by_page(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  const std::uint64_t page = page_size();
  const std::uint64_t end = offset + length;
  std::optional<SystemError> first;
  std::uint8_t byte = 0;
  for (std::uint64_t position = offset; position < end; position += page - (position % page)) {
    const ssize_t got = pread_retrying(fd, &byte, 1, position);
    if (got == 0) return first.value_or(kFileEnded);
    if (got < 0 && !first) first = last_error("read");
  }
  if (first) return *first;
  return Nothing{};
}

Result<std::unique_ptr<FillEngine>> make_engine(EngineKind kind, bool touch) noexcept {
  switch (kind) {
    case EngineKind::kPopulate:
      return std::unique_ptr<FillEngine>(
          std::make_unique<PopulateEngine>(touch ? std::make_unique<FirstTouch>() : nullptr));
    case EngineKind::kRead:
      return std::unique_ptr<FillEngine>(std::make_unique<ReadEngine>());
    case EngineKind::kWillneed:
      return std::unique_ptr<FillEngine>(std::make_unique<WillneedEngine>());
    case EngineKind::kSendfile: {
      UniqueFd sink(::open("/dev/null", O_WRONLY | O_CLOEXEC));
      if (!sink) return last_error("open");
      return std::unique_ptr<FillEngine>(std::make_unique<SendfileEngine>(std::move(sink)));
    }
  }
  return SystemError{EINVAL, "make_engine"};
}

}  // namespace warmset
