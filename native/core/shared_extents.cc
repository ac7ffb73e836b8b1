#include "shared_extents.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>

#include "kernel_abi.h"

namespace warmset {
namespace {

constexpr std::uint32_t kBatch = 256;
// A file in more pieces than this tells nothing that is worth the memory.
constexpr std::size_t kMostRanges = 1U << 16U;

struct Freed {
  void operator()(fiemap* map) const noexcept { ::operator delete(map); }
};

/// Adds the range, or makes the last one longer where it goes on.
void append(std::vector<PhysicalRange>& ranges, const fiemap_extent& extent) {
  if (!ranges.empty() && ranges.back().offset + ranges.back().length == extent.fe_physical) {
    ranges.back().length += extent.fe_length;
    return;
  }
  ranges.push_back({extent.fe_physical, extent.fe_length});
}

}  // namespace

bool can_share_extents(std::uint64_t magic) noexcept {
  constexpr std::array<std::uint64_t, 5> kSharing = {kXfsMagic, 0x9123683e /* btrfs */,
                                                     0xca451a4e /* bcachefs */, 0x7461636f /* ocfs2 */,
                                                     0x794c7630 /* overlayfs asks the layer */};
  return std::find(kSharing.begin(), kSharing.end(), magic) != kSharing.end();
}

SharedExtents find_shared_extents(int fd) noexcept {
  constexpr std::size_t kBytes = sizeof(fiemap) + (kBatch * sizeof(fiemap_extent));
  const std::unique_ptr<fiemap, Freed> map(static_cast<fiemap*>(::operator new(kBytes)));
  SharedExtents found;
  std::uint64_t start = 0;
  while (true) {
    std::memset(map.get(), 0, sizeof(fiemap));
    map->fm_start = start;
    map->fm_length = std::numeric_limits<std::uint64_t>::max() - start;
    map->fm_extent_count = kBatch;
    if (::ioctl(fd, FS_IOC_FIEMAP, map.get()) != 0) return {.known = false, .ranges = {}};
    if (map->fm_mapped_extents == 0) return found;
    for (std::uint32_t at = 0; at < map->fm_mapped_extents; ++at) {
      const fiemap_extent& extent = map->fm_extents[at];
      start = extent.fe_logical + extent.fe_length;
      if ((extent.fe_flags & FIEMAP_EXTENT_SHARED) != 0) {
        // Of compressed data the length is that of the contents: what two files share can't be laid together.
        if ((extent.fe_flags & (FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_UNKNOWN)) != 0)
          found.known = false;
        else
          append(found.ranges, extent);
      }
      if (found.ranges.size() > kMostRanges) return {.known = false, .ranges = {}};
      if ((extent.fe_flags & FIEMAP_EXTENT_LAST) != 0) return found;
    }
  }
}

}  // namespace warmset
