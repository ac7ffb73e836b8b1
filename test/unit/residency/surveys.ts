import type { RawSurvey } from '../../../lib/native/addon-types.ts';

/** `f_type` of statfs(2), linux/magic.h. */
export const MAGIC = {
  ext4: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  nfs: 0x6969,
  tmpfs: 0x01021994,
  overlayfs: 0x794c7630,
  fuse: 0x65735546,
  ecryptfs: 0xf15f,
  zfs: 0x2fc12fc1,
  hugetlbfs: 0x958458f6,
  aufs: 0x61756673,
  shiftfs: 0x6a656a62,
} as const;

const PAGE = 4096;

/** A survey of a half-cached file of ten pages on ext4, asked by its owner; with changes. */
export function survey(changes: Partial<RawSurvey> = {}): RawSurvey {
  return {
    dev: 1n,
    ino: 2n,
    size: 10 * PAGE,
    allocated: 10 * PAGE,
    modifiedNs: 0n,
    dax: false,
    filesystem: MAGIC.ext4,
    tailCached: false,
    cached: 5,
    dirty: 0,
    writeback: 0,
    recentlyEvicted: 0,
    sampled: 10,
    disagreed: 0,
    window: PAGE,
    cachedByWindow: Uint32Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    ...changes,
  };
}

export const ERRNO = { EPERM: -1, ENOSYS: -38, EOPNOTSUPP: -95 } as const;
