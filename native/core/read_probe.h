#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cancel.h"
#include "result.h"

namespace warmset {

/// How a probe reads, the best first. What a filesystem refuses, the next one does.
enum class ReadWay {
  kDirect,     // O_DIRECT: past the page cache, so that resident places can be measured, too
  kDontcache,  // preadv2(2) RWF_DONTCACHE (6.14): through the cache, and out of it again
  kBuffered,   // pread(2), and what it brought in is evicted
};

enum class ReadFate {
  kRead,
  kResident,  // not measured: the answer came, or would have come, from memory
  kUnknown,   // not measured: nobody says whether the place is resident, and mincore would lie
  kHole,      // no data there, so no device is asked
  kEnded,     // behind the end of the file
  kReplaced,  // another file is at the path
  kFailed,
};

struct ProbeFile {
  std::string path;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

struct ProbePlace {
  std::size_t file = 0;      // index of a file
  std::uint64_t offset = 0;  // a multiple of kProbeAlignment
};

inline constexpr std::uint64_t kProbeAlignment = 4096;
inline constexpr std::uint64_t kLargestProbe = 1ULL << 20U;

struct ReadProbeSpec {
  std::vector<ProbeFile> files;
  std::vector<ProbePlace> places;
  std::uint64_t block = kProbeAlignment;  // a multiple of kProbeAlignment up to kLargestProbe
  std::chrono::microseconds spacing{0};   // at least this from the start of one read to the next
  ReadWay from = ReadWay::kDirect;        // better ways aren't tried
  std::chrono::microseconds limit{0};     // no read starts later than this after the first; 0: no limit
};

struct ProbedRead {
  ReadFate fate = ReadFate::kFailed;
  ReadWay way = ReadWay::kDirect;  // with kRead
  std::uint64_t nanoseconds = 0;   // with kRead and kFailed, by CLOCK_MONOTONIC
  std::uint64_t bytes = 0;         // less than a block at the end of a file
  /// Pages near the place that are resident now and weren't before: an upper bound where others read, too.
  /// Nothing where mincore doesn't say.
  std::optional<std::uint64_t> added;
  SystemError error = {0, ""};
};

/// Single timed reads that leave nothing behind, one after the other. Opens each file once, and each place
/// has a result, in order; fewer when cancelled or out of time. The file's bytes are never mapped and
/// touched.
[[nodiscard]] std::vector<ProbedRead> probe_reads(const ReadProbeSpec& spec, const CancelToken& token);

}  // namespace warmset
