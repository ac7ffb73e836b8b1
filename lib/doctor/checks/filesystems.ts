import { kindOf } from '../../host/index.ts';
import { formatBytes } from '../../units.ts';
import { type Finding, note, ok, warning } from '../finding.ts';
import type { FilesystemReading, Readings } from '../readings.ts';
import { count } from '../words.ts';

/** What the filesystem under each part of the set does to measuring and warming. */
export function checkFilesystems({ set }: Readings): readonly Finding[] {
  return (set?.filesystems ?? []).flatMap((filesystem) => [
    ofFilesystem(filesystem),
    ...(filesystem.daxFiles > 0 ? [ofDax(filesystem)] : []),
  ]);
}

function ofFilesystem(filesystem: FilesystemReading): Finding {
  const name = filesystem.name ?? '';
  const where = describe(filesystem);
  switch (kindOf(filesystem)) {
    case 'unknown':
      return note(
        'filesystem-unknown',
        "A filesystem under the set isn't known",
        `${where}: neither statfs nor /proc/self/mountinfo names it.`,
      );
    case 'stacked':
      return note(
        'filesystem-stacked',
        `Files lie on ${name}: cachestat sees nothing there, so that mincore must be asked`,
        `${where}. It can be asked for the caller's own files (or with CAP_FOWNER); the disk below can't be seen from here.`,
        'Keep model files on a volume or host mount instead of a container image.',
      );
    case 'remote':
      return warning(
        'filesystem-remote',
        `Files lie on ${name}: no idle priority, and reads in flight can't be seen`,
        `${where}. The I/O class of a thread doesn't reach a server or a daemon, and the kernel accounts no disk for it: only a rate limit protects the neighbours.`,
        'Limit the rate of the fill.',
      );
    case 'memory':
      return note(
        'filesystem-in-memory',
        `Files lie on ${name}: nothing to warm`,
        `${where}: they are memory.`,
      );
    case 'zfs':
      return warning(
        'filesystem-zfs',
        "Files lie on ZFS, which caches in its ARC: residency can't be measured or kept",
        `${where}. cachestat and mincore don't see the ARC.`,
        'Size the ARC for the set: echo BYTES > /sys/module/zfs/parameters/zfs_arc_max, and see arcstat.',
      );
    case 'disk':
      return ok('filesystem', `${name} keeps its files in the page cache`, `${where}.`);
  }
}

function ofDax(filesystem: FilesystemReading): Finding {
  const title = `${count(filesystem.daxFiles, 'file')} on persistent memory (DAX): nothing to warm`;
  const evidence = `${describe(filesystem)}: statx reports DAX; reads bypass the page cache.`;
  return note('filesystem-dax', title, evidence);
}

/** `2 files, 10.0 GiB on xfs at /models`. */
export function describe({ name, mountPoint, files, bytes }: FilesystemReading): string {
  const place = mountPoint === null ? 'a mount that /proc/self/mountinfo does not show' : mountPoint;
  return `${count(files, 'file')}, ${formatBytes(bytes)} on ${name ?? 'an unknown filesystem'} at ${place}`;
}
