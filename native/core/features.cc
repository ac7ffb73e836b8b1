#include "features.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "kernel_abi.h"
#include "mapping.h"
#include "priority.h"
#include "residency.h"
#include "unique_fd.h"

namespace warmset {
namespace {

/// Of a call on a descriptor that can't exist: a kernel that knows the call says EBADF.
Support judge(int error) noexcept {
  if (error == EBADF) return Support::kAvailable;
  if (error == ENOSYS) return Support::kMissing;
  return Support::kBlocked;
}

Support populate_support() noexcept {
  const UniqueFd fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!fd) return Support::kMissing;
  auto mapping = Mapping::create(fd.get(), 0, page_size());
  if (!mapping) return Support::kMissing;
  auto status = mapping.value().populate(0, page_size());
  if (status) return Support::kAvailable;
  return status.error().code == EINVAL ? Support::kMissing : Support::kBlocked;
}

Support nowait_support() noexcept {
  std::uint8_t byte = 0;
  const iovec vector = {&byte, 1};
  if (::preadv2(-1, &vector, 1, 0, kRwfNowait) >= 0) return Support::kAvailable;
  return judge(errno);
}

Support io_priority_support() noexcept {
  // No thread has this id, so nothing is changed; a kernel that knows the call looks for it.
  constexpr pid_t kNobody = std::numeric_limits<pid_t>::max();
  auto status = set_io_priority(kNobody, kIdlePriority.io);
  if (status || status.error().code == ESRCH) return Support::kAvailable;
  return status.error().code == ENOSYS ? Support::kMissing : Support::kBlocked;
}

}  // namespace

Features detect_features() noexcept {
  Features features;
  utsname name = {};
  if (::uname(&name) == 0) features.kernel_release = name.release;
  features.page_size = page_size();
  auto counts = cachestat(-1, 0, 0);
  features.cachestat = counts ? Support::kAvailable : judge(counts.error().code);
  features.populate_read = populate_support();
  features.nowait_reads = nowait_support();
  features.io_priority = io_priority_support();
  return features;
}

}  // namespace warmset
