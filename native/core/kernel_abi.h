#pragma once

// What the kernel offers and Debian 12's headers (6.1) do not name yet.

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>

namespace warmset {

/// cachestat(2), Linux 6.5. One number on every architecture that got it at the same time.
inline constexpr long kSysCachestat = 451;

struct CachestatRange {
  std::uint64_t offset;
  std::uint64_t length;  // 0: to the end of the file
};

/// include/uapi/linux/mman.h, struct cachestat: counts of pages.
struct CachestatCounts {
  std::uint64_t cached;
  std::uint64_t dirty;
  std::uint64_t writeback;
  std::uint64_t evicted;
  std::uint64_t recently_evicted;
};

#ifdef MADV_POPULATE_READ
inline constexpr int kMadvPopulateRead = MADV_POPULATE_READ;
#else
inline constexpr int kMadvPopulateRead = 22;  // Linux 5.14
#endif

#ifdef MADV_COLLAPSE
inline constexpr int kMadvCollapse = MADV_COLLAPSE;
#else
inline constexpr int kMadvCollapse = 25;      // Linux 6.1
#endif

/// preadv2(2) flags: fail with EAGAIN instead of waiting for the device (4.14).
inline constexpr int kRwfNowait = 0x00000008;
/// preadv2(2) flags: what is read doesn't stay in the page cache (6.14). EOPNOTSUPP where the kernel or the
/// filesystem can't: btrfs, overlayfs, FUSE, tmpfs.
inline constexpr int kRwfDontcache = 0x00000080;

/// statx(2): the id of the file's mount, of which no two are alike while the system runs (6.8). That of
/// STATX_MNT_ID is given again to another mount when its own is gone.
inline constexpr unsigned kStatxMountIdUnique = 0x4000;

inline constexpr std::uint64_t kXfsMagic = 0x58465342;

/// fs/xfs/libxfs/xfs_fs.h, struct xfs_fsop_geom_v4: no package of the kernel's headers has it.
struct XfsGeometry {
  std::array<std::uint32_t, 8> sizes;
  std::array<std::uint64_t, 4> blocks;
  std::array<std::uint8_t, 16> uuid;
  std::array<std::uint32_t, 2> stripe;
  std::int32_t version;
  std::uint32_t flags;
  std::array<std::uint32_t, 4> sectors;
};
static_assert(sizeof(XfsGeometry) == 112);

/// XFS_IOC_FSGEOMETRY_V4: reads, needs no privilege, and every xfs has it.
inline constexpr unsigned long kXfsGeometry = _IOR('X', 124, XfsGeometry);
inline constexpr std::uint32_t kXfsReflink = 1U << 20U;

/// close_range(2), Linux 5.9, and its flag of 5.11.
inline constexpr long kSysCloseRange = 436;
inline constexpr unsigned kCloseRangeCloexec = 1U << 2U;

}  // namespace warmset
