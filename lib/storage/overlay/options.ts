import type { Check } from '../../change/index.ts';
import { escapeLayer } from '../overlay-escape.ts';

/** Overlay's options that may be chosen; the layers and what would make the upper layer useless by itself may not. */
export interface OverlayFeatures {
  readonly index: 'on' | 'off';
  readonly xino: 'on' | 'off' | 'auto';
  /** No data is ever flushed on the overlay's account: after a crash of the machine the upper layer is worth nothing. */
  readonly volatile: boolean;
}

export const DEFAULT_FEATURES: OverlayFeatures = { index: 'off', xino: 'auto', volatile: false };

export interface Layers {
  readonly lower: string;
  readonly upper: string;
  readonly work: string;
}

/**
 * Every option is said, because a kernel's own defaults differ by how it was built. Pure.
 *
 * @throws WarmsetError `WARMSET_STORAGE` for a path that can't be an option
 */
export function mountOptions({ lower, upper, work }: Layers, features: OverlayFeatures): readonly string[] {
  return [
    `lowerdir=${escapeLayer(lower, 'lower')}`,
    `upperdir=${escapeLayer(upper, 'upper')}`,
    `workdir=${escapeLayer(work, 'work')}`,
    'redirect_dir=nofollow',
    'metacopy=off',
    `index=${features.index}`,
    `xino=${features.xino}`,
    ...(features.volatile ? ['volatile'] : []),
  ];
}

/** What each of the options means for this overlay, and what it risks. Pure. */
export function judgeFeatures({ index, xino, volatile }: OverlayFeatures): readonly Check[] {
  return [
    {
      code: 'redirect-dir',
      verdict: 'ok',
      message:
        'redirect_dir=nofollow: a directory of the base can’t be renamed (EXDEV, mv copies it then); with it on, the upper layer would be no plain directory any more and couldn’t be given back',
    },
    {
      code: 'metacopy',
      verdict: 'ok',
      message:
        'metacopy=off: a change of owner or mode copies the whole file up; with it on, files of the upper layer would have their data in the base only',
    },
    index === 'off'
      ? {
          code: 'index',
          verdict: 'ok',
          message: 'index=off: names that share a file of the base part when one of them is written',
        }
      : {
          code: 'index',
          verdict: 'warn',
          message:
            'index=on: hard links of the base stay together, and the mount fails (ESTALE) once the base is another filesystem, a restored copy for one',
          remedy: 'leave it off unless a backend writes to hard links of the base',
        },
    {
      code: 'xino',
      verdict: xino === 'off' ? 'warn' : 'ok',
      message:
        xino === 'off'
          ? 'xino=off: a file gets another inode number when it is copied up, which confuses what remembers inodes'
          : `xino=${xino}: inode numbers stay the same when a file is copied up, where the filesystems leave bits for that`,
      ...(xino === 'off' ? { remedy: 'leave it at auto' } : {}),
    },
    volatile
      ? {
          code: 'volatile',
          verdict: 'warn',
          message:
            'volatile: nothing is flushed, fsync does nothing; after a crash of the machine the upper layer, with all that lay in the directory before, may be damaged',
          remedy: 'leave it off unless everything in the directory can be fetched again',
        }
      : { code: 'volatile', verdict: 'ok', message: 'not volatile: fsync reaches the disk' },
  ];
}
