import { atLeast, type KernelRelease, LARGE_FOLIOS_SINCE, SINGLE_PAGES } from '../../host/index.ts';
import type { AbilityReading } from './types.ts';

/** Whether files there can lie in folios larger than a page. Goes by the kernel's release: nothing else tells beforehand. */
export function largeFolios(filesystem: string, kernel: KernelRelease | null): AbilityReading {
  if (SINGLE_PAGES.has(filesystem)) return { ability: 'no', why: `${filesystem} keeps to single pages` };
  if (filesystem === 'overlay') return { ability: 'unknown', why: 'as the layer that holds the file' };
  const since = LARGE_FOLIOS_SINCE[filesystem];
  if (since === undefined) return { ability: 'unknown', why: `nothing tells for ${filesystem}` };
  const from = `${filesystem} has them from Linux ${since.join('.')} on`;
  if (kernel === null) return { ability: 'unknown', why: `${from}, and the kernel's release isn't known` };
  const here = `this is ${kernel.major}.${kernel.minor}.${kernel.patch}`;
  if (!atLeast(kernel, ...since)) return { ability: 'no', why: `${from}, ${here}` };
  if (filesystem === 'btrfs' && !atLeast(kernel, 7, 2)) {
    return { ability: 'unknown', why: `${from} if it was built with CONFIG_BTRFS_EXPERIMENTAL, ${here}` };
  }
  return { ability: 'yes', why: `${from}, ${here}` };
}

const NEVER = new Set('ext4 ext3 ext2 f2fs tmpfs ramfs hugetlbfs squashfs erofs vfat exfat'.split(' '));
const ALWAYS = new Set(['btrfs', 'bcachefs']);

/**
 * Whether two files there can share their data.
 *
 * @param asked what xfs answered; `null` for every other filesystem, and where it couldn't be asked
 */
export function reflinks(filesystem: string, asked: boolean | null): AbilityReading {
  if (asked !== null) {
    const made = `was made with reflink=${asked ? 1 : 0}`;
    return { ability: asked ? 'yes' : 'no', why: `${filesystem} ${made}` };
  }
  if (ALWAYS.has(filesystem)) return { ability: 'yes', why: `${filesystem} always can` };
  if (NEVER.has(filesystem)) return { ability: 'no', why: `${filesystem} has none` };
  if (filesystem === 'overlay') {
    return { ability: 'unknown', why: 'as its upper layer, and between files of that one only' };
  }
  return { ability: 'unknown', why: `only trying would tell on ${filesystem}` };
}
