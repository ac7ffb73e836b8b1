#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "file.h"
#include "fill_engine.h"
#include "rate_limiter.h"
#include "result.h"

namespace warmset {

/// A part of a file to make resident, of which `missing` bytes weren't when it was planned.
struct FillExtent {
  std::uint64_t offset;
  std::uint64_t length;
  std::uint64_t missing;
};

struct FillFile {
  std::string path;
  std::uint64_t device = 0;  // a file of other identity at the path is left alone: it was replaced
  std::uint64_t inode = 0;
  std::vector<FillExtent> extents;
};

struct FillSpec {
  std::vector<FillFile> files;
  EngineKind engine = EngineKind::kPopulate;
  std::uint64_t window = 2ULL << 20U;  // bytes a call: the reaction time of a cancel, and the memory mapped
  /// Bytes a thread takes in one piece, for sequential read-ahead's sake.
  std::uint64_t stretch = 64ULL << 20U;
  /// Pieces up to this many bytes are read by kRead: to map them costs more than to copy them.
  std::uint64_t small = 0;
  /// Whether what is brought in is made cheap for its first reader: see FirstTouch and read_ahead_marks.h.
  bool touch = false;
  /// Each must let a window through; they may be shared with other fills. Asked before each window, so that a
  /// rate or a pause that comes or goes meanwhile holds from the next window on.
  std::vector<std::shared_ptr<RateLimiter>> limiters;
};

enum class FileFate { kFine, kFailed, kTruncated, kReplaced };

struct FileOutcome {
  std::uint64_t filled = 0;  // bytes gone through, up to date when gone through
  std::uint64_t read = 0;    // of them, bytes that were missing when planned
  FileFate fate = FileFate::kFine;
  SystemError error = {0, ""};  // with kFailed
  std::uint64_t failed_at = 0;  // offset of the window in which it happened first
};

/// Several threads working off one list of files, most urgent first.
///
/// Each thread takes one contiguous stretch through a descriptor of its own: small pieces dealt out between
/// threads would destroy sequential read-ahead, and with it the large folios.
class FillRun {
 public:
  explicit FillRun(FillSpec spec);

  /// One thread's share: called once by each stream, returns when nothing is left or the token is cancelled.
  void work(const CancelToken& token);

  // Readable from any thread while the run is going on.
  [[nodiscard]] std::uint64_t filled() const noexcept { return filled_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t read() const noexcept { return read_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t files_done() const noexcept {
    return files_done_.load(std::memory_order_relaxed);
  }

  /// By file, in the order of the spec. Only once every work() has returned.
  /// In the order of the files, as far as they are: a window that a device doesn't answer for isn't in it.
  [[nodiscard]] std::vector<FileOutcome> outcomes() const;

 private:
  struct Stretch {
    std::size_t file;
    FillExtent extent;  // missing: of the whole extent when it is taken whole, else by share
    bool last_of_file;
  };

  /// Several where they are small, otherwise one. False when nothing is left.
  [[nodiscard]] bool take(std::vector<Stretch>& batch);
  /// Bytes of what pass_over() would hand out. Both with the mutex held.
  [[nodiscard]] std::optional<std::uint64_t> peek();
  [[nodiscard]] Stretch pass_over();
  void queue_reads(const std::vector<Stretch>& batch, std::vector<std::optional<OpenFile>>& opened);
  void fill_stretch(const Stretch& stretch, std::optional<OpenFile> opened, FillEngine& engine,
                    const CancelToken& token);
  /// A turn of each limiter; the least of them counts.
  struct Admission {
    std::uint64_t bytes;
    bool limited;
    std::vector<RateLimiter::Turn> turns;
  };
  [[nodiscard]] std::optional<Admission> admit(std::uint64_t wanted, const CancelToken& token) const;
  void add_up(std::size_t file, std::uint64_t filled, std::uint64_t read);
  void record(std::size_t file, FileFate fate, SystemError error, std::uint64_t offset);
  [[nodiscard]] bool given_up(std::size_t file);

  const FillSpec spec_;
  mutable std::mutex mutex_;  // guards the cursor and outcomes_
  std::size_t file_ = 0;
  std::size_t extent_ = 0;
  std::uint64_t within_ = 0;
  std::vector<FileOutcome> outcomes_;
  std::vector<std::uint32_t> failures_;
  std::atomic<std::uint64_t> filled_ = 0;
  std::atomic<std::uint64_t> read_ = 0;
  std::atomic<std::uint64_t> files_done_ = 0;
};

}  // namespace warmset
