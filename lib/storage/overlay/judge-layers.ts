import type { Check } from '../../change/index.ts';
import type { Content } from '../layers/content.ts';
import type { DirectoryFacts, PlaceFacts } from '../layers/place-facts.ts';

/** Checks of the layers of an overlay. Pure. */

export function judgeLower(lower: PlaceFacts, mayBeWritable: boolean): Check {
  const check = (verdict: Check['verdict'], message: string, remedy?: string): Check => ({
    ...{ code: 'lower', verdict, message },
    ...(remedy === undefined ? {} : { remedy }),
  });
  if (lower.state !== 'directory') {
    return check(
      'refuse',
      `the shared base ${lower.path} is no directory`,
      'mount it first, then name its directory',
    );
  }
  const { mount, path } = lower;
  if (mount?.superOptions.includes('ro')) return check('ok', `${path} is read-only (${mount.fsType})`);
  const readOnlyHere = mount?.options.includes('ro');
  if (mayBeWritable) {
    return check(
      'warn',
      `${path} is ${readOnlyHere ? 'read-only through this mount alone' : 'writable'}: what an overlay shows of a base that changes below it is not defined`,
      'see to it that nobody writes there; status compares it with what it was',
    );
  }
  return check(
    'refuse',
    readOnlyHere
      ? `${path} is read-only through this mount alone: others may write to its filesystem`
      : `${path} is writable: what an overlay shows of a base that changes below it is not defined`,
    'mount its filesystem read-only, or say --writable-lower if nobody writes there',
  );
}

// By the kernel's sources: what has extended attributes of the kind and tells the types of names.
const GOOD_UPPERS = new Set(['ext4', 'ext3', 'btrfs', 'tmpfs', 'f2fs', 'bcachefs', 'xfs']);
const BAD_UPPERS: Readonly<Record<string, string>> = {
  overlay: 'it is an overlay itself',
  nfs: 'NFS has no trusted attributes',
  nfs4: 'NFS has no trusted attributes',
  vfat: 'it has no extended attributes',
  exfat: 'it has no extended attributes',
  fuseblk: 'FUSE has no whiteouts and no RENAME_WHITEOUT',
  cifs: 'SMB has no trusted attributes',
  ecryptfs: 'it stacks itself',
};

/** @param xfsTypes whether an xfs has ftype; `null`: not known, or no xfs */
export function judgeUpper({ mount, path }: DirectoryFacts, xfsTypes: boolean | null): Check {
  const kind = mount?.fsType ?? 'unknown';
  const why = BAD_UPPERS[kind] ?? (kind.startsWith('fuse') ? BAD_UPPERS.fuseblk : undefined);
  if (why !== undefined) {
    return {
      code: 'upper',
      verdict: 'refuse',
      message: `${path} lies on ${kind}, which can’t hold the upper layer: ${why}`,
      remedy: 'keep the directory on a local ext4, xfs or btrfs',
    };
  }
  if (mount?.options.includes('ro') || mount?.superOptions.includes('ro')) {
    return {
      code: 'upper',
      verdict: 'refuse',
      message: `${path} lies on a filesystem that is mounted read-only`,
      remedy: 'mount it writable, or keep the directory elsewhere',
    };
  }
  if (kind === 'xfs' && xfsTypes === false) {
    return {
      code: 'upper',
      verdict: 'refuse',
      message: `${path} lies on an xfs without d_type (ftype=0)`,
      remedy: 'make a filesystem with ftype=1, which has been the default since xfsprogs 3.2.3',
    };
  }
  if (!GOOD_UPPERS.has(kind) || (kind === 'xfs' && xfsTypes === null)) {
    return {
      code: 'upper',
      verdict: 'warn',
      message: `whether ${kind} at ${mount?.mountPoint ?? path} tells the types of names (d_type) and keeps trusted attributes isn’t known`,
      remedy: 'the mount fails, and everything is undone, if it does not',
    };
  }
  return {
    code: 'upper',
    verdict: 'ok',
    message: `upper and work directory lie on one ${kind}, which has d_type and trusted attributes`,
  };
}

export function judgeContent(content: Content): readonly Check[] {
  const { files, hardLinks, special, candidates, shadows, shadowCount, marks, unreadable } = content;
  const kept = `${files} files come along by one rename, with ${hardLinks} names of hard links and ${special} sockets, FIFOs or devices as they are; ${candidates.length} look like the base's and are compared byte for byte`;
  const checks: Check[] = [{ code: 'content', verdict: 'ok', message: kept }];
  const [first] = marks ?? [];
  if (first !== undefined) {
    checks.push({
      code: 'marks',
      verdict: 'refuse',
      message: `the directory has whiteouts or attributes of another overlay in it, such as ${first}`,
      remedy: 'it was an upper layer: copy its content through its overlay into a fresh directory',
    });
  }
  if (marks === null) {
    checks.push({
      code: 'marks',
      verdict: 'warn',
      message: 'whether another overlay left attributes in the directory is told to root only',
      remedy: 'applying it looks again',
    });
  }
  if (shadowCount > 0) {
    checks.push({
      code: 'shadows',
      verdict: 'warn',
      message: `${shadowCount} files hide others of the same name in the base: ${shadows.join(', ')}${shadowCount > shadows.length ? ', …' : ''}`,
      remedy:
        'the directory’s own are shown; delete those that are out of date before, not through the overlay',
    });
  }
  if (unreadable > 0) {
    checks.push({
      code: 'unreadable',
      verdict: 'warn',
      message: `${unreadable} names can’t be looked at`,
      remedy: 'run it as root',
    });
  }
  return checks;
}

/** Who may write into what the base shows. */
export function judgeOwners(target: DirectoryFacts, lower: DirectoryFacts): Check {
  if (target.uid === lower.uid || (target.uid === 0 && target.gid === 0)) {
    return {
      code: 'owner',
      verdict: 'ok',
      message: 'the base belongs to whom the directory belongs to, or to root’s backend',
    };
  }
  return {
    code: 'owner',
    verdict: 'warn',
    message: `the directory belongs to user ${target.uid} and the base to user ${lower.uid}: where the base's modes don't let ${target.uid} write, the backend can't either, overlay or not`,
    remedy: 'let the base belong to the backend’s user, or place what it writes to as local or seeded',
  };
}

/** What holds of any overlay and surprises. */
export const SEMANTICS: readonly Check[] = [
  {
    code: 'locks',
    verdict: 'ok',
    message:
      'locks through the overlay exclude each other on this node, also over a copy-up; they exclude nobody who opens the base itself or another node’s overlay, and so directories of locks are kept local',
  },
  {
    code: 'inotify',
    verdict: 'ok',
    message:
      'inotify tells of changes made through the overlay, but a watch of a base’s file ends with its copy-up, and changes below the overlay are never told',
  },
  {
    code: 'drift',
    verdict: 'ok',
    message:
      'what the base holds is written down, and status compares it: a base must not change while it is laid under',
  },
];
