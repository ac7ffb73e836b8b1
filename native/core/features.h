#pragma once

#include <cstdint>
#include <string>

namespace warmset {

/// Whether the running kernel offers a call. kBlocked: it exists, but a seccomp profile answers for it.
enum class Support { kAvailable, kMissing, kBlocked };

struct Features {
  std::string kernel_release;
  std::uint64_t page_size = 0;
  Support cachestat = Support::kMissing;      // 6.5
  Support populate_read = Support::kMissing;  // 5.14
  Support nowait_reads = Support::kMissing;   // preadv2 RWF_NOWAIT, 4.14
  Support io_priority = Support::kMissing;
};

/// Asks the kernel by calls that can't succeed or change nothing; never by its version, which backports and
/// sandboxes make meaningless.
[[nodiscard]] Features detect_features() noexcept;

}  // namespace warmset
