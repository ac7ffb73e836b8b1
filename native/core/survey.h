#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "file.h"
#include "filesystems_by_mount.h"
#include "kernel_abi.h"
#include "result.h"

namespace warmset {

/// Bounds what the answer for one file may cost: 16 MiB a list of counts.
inline constexpr std::uint64_t kMostWindows = 1ULL << 22U;

enum class CountSource { kCachestat, kMincore, kNowait };

struct SurveySpec {
  CountSource source = CountSource::kCachestat;  // kNowait is refused: a survey must not start reads
  std::uint64_t window = 0;           // bytes a window, a multiple of the page size; 0: totals only
  std::uint64_t most_windows = 4096;  // windows grow by doubling until the file has no more than these;
                                      // above kMostWindows it counts as that
  std::uint32_t samples = 0;          // pages checked against mincore; kCachestat only
  std::uint64_t compare_every = 1;    // files of no more pages than these are compared whole, one in so many
  bool trust_empty = false;           // kMincore only: skip windows in which cachestat sees no page at all
};

/// Everything about one file that a judgement of its residency needs: who may ask, which filesystem answers,
/// what it answered. Collected in one visit, judged elsewhere.
struct FileSurvey {
  FileFacts facts;
  std::uint64_t filesystem = 0;
  std::optional<SystemError> refusal;  // the source wouldn't answer
  CachestatCounts counts = {};         // all but .cached are known to kCachestat only
  std::uint64_t window = 0;            // bytes, 0 without windows
  std::vector<std::uint32_t> cached;   // pages by window
  std::vector<std::uint32_t> data;     // pages by window that aren't holes; empty where the file has none
  std::uint32_t sampled = 0;
  std::uint32_t disagreed = 0;  // samples where mincore contradicts the window's count
  bool tail_cached = false;     // the last page is among .cached; matters where it isn't full
};

/// Surveys files one after the other.
class Surveyor {
 public:
  explicit Surveyor(const SurveySpec& spec) noexcept : spec_(spec) {}

  /// Opens the file, or fails as open(2) or statx(2) do. A refusal by the source is part of the answer.
  [[nodiscard]] Result<FileSurvey> survey(const std::string& path, const CancelToken& token) noexcept;

 private:
  SurveySpec spec_;
  FilesystemsByMount filesystems_;
  std::uint64_t surveyed_ = 0;
};

/// Resident bytes within the parts of [offset, offset + length) that aren't holes; of the file's last page
/// those that are in the file. A file without holes isn't searched for any.
[[nodiscard]] Result<std::uint64_t> count_data_bytes(const OpenFile& file, CountSource source,
                                                     std::uint64_t offset, std::uint64_t length,
                                                     const CancelToken& token) noexcept;

}  // namespace warmset
