#pragma once

#include <cstdint>
#include <memory>

#include "result.h"

namespace warmset {

/// How a fill reads. CPU seconds per GiB and what a reader pays afterwards differ by a factor of twenty:
/// docs/performance.md.
enum class EngineKind {
  kPopulate,  // MADV_HUGEPAGE, then MADV_POPULATE_READ: no copy, huge folios whatever read_ahead_kb is (5.14)
  kSendfile,  // sendfile(2) to /dev/null: no copy, folios as large as read-ahead makes them
  kRead,      // pread(2) into a buffer: works everywhere, pays for a copy
  kWillneed,  // posix_fadvise(2) WILLNEED in small pieces: 4 KiB folios, queues everything at once
};

/// One per thread and kind. fill() returns only once the window's pages are up to date or have failed, so
/// that a rate measured over it is a rate of usable bytes.
class FillEngine {
 public:
  virtual ~FillEngine() = default;

  /// Windows within this part of a file will follow, through this descriptor, until end_stretch().
  virtual void begin_stretch(int fd, std::uint64_t offset, std::uint64_t length) noexcept;
  virtual void end_stretch() noexcept;

  /// ENODATA when the file ends inside the window; otherwise what the first failing call left. An `alone`
  /// window is read without reading ahead of it: a limited rate is no limit when the kernel runs on by
  /// itself. It may leave the descriptor without read-ahead.
  [[nodiscard]] virtual Status fill(int fd, std::uint64_t offset, std::uint64_t length,
                                    bool alone) noexcept = 0;
};

/// The engine, or why it can't work here (no /dev/null, say). With `touch`, kPopulate also makes the first
/// touch of what it brought in cheap for whoever comes; the others copy, or leave it to the reader.
[[nodiscard]] Result<std::unique_ptr<FillEngine>> make_engine(EngineKind kind, bool touch = false) noexcept;

/// Reads one byte of every page, each one after the other whatever the last one said: brings in what can be
/// brought in around a bad sector. The first error, ENODATA where the file ended.
[[nodiscard]] Status read_page_by_page(int fd, std::uint64_t offset, std::uint64_t length) noexcept;

}  // namespace warmset
