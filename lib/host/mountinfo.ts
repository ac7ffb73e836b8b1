import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/** One mount, from `/proc/PID/mountinfo` (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly id: number;
  /** The mount that this one sits on. The topmost mount names a parent that isn't listed. */
  readonly parentId: number;
  /** Of the filesystem's device. Major 0 is an anonymous device: no disk, or (btrfs) not one disk. */
  readonly major: number;
  readonly minor: number;
  /** The directory of the filesystem that shows at the mount point: `/` unless bind-mounted or a subvolume. */
  readonly root: string;
  /** As seen from the root directory of the process that was asked about. */
  readonly mountPoint: string;
  /** Of this mount alone, such as `ro`, `noatime`. */
  readonly options: readonly string[];
  readonly fsType: string;
  readonly source: string;
  /** Of the filesystem, such as `ro` or, for cgroup v1, the controllers. */
  readonly superOptions: readonly string[];
}

/** Pure reading of mountinfo's text, in the file's order. Lines that don't fit the format are passed over. */
export function parseMountinfo(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Mount | null {
  const fields = line.split(' ');
  // Any number of optional fields stands between the options and a lone hyphen: positions after it count from there.
  const separator = fields.indexOf('-', 6);
  if (separator < 0) return null;
  const [id, parentId, device, root, mountPoint, options] = fields;
  const [fsType, source, superOptions] = fields.slice(separator + 1);
  const numbers = /^(\d{1,10}):(\d{1,10})$/.exec(device ?? '');
  if (!/^\d{1,15}$/.test(id ?? '') || !/^\d{1,15}$/.test(parentId ?? '') || numbers === null) return null;
  if (!root?.startsWith('/') || !mountPoint?.startsWith('/') || !fsType) return null;
  return {
    id: Number(id),
    parentId: Number(parentId),
    major: Number(numbers[1]),
    minor: Number(numbers[2]),
    root: decodeOctal(root),
    mountPoint: decodeOctal(mountPoint),
    options: splitOptions(options),
    fsType: decodeOctal(fsType),
    source: decodeOctal(source ?? ''),
    superOptions: splitOptions(superOptions),
  };
}

function splitOptions(field: string | undefined): readonly string[] {
  return field ? field.split(',').map(decodeOctal) : [];
}

/** Undoes escapes of three octal digits. Runs are decoded as bytes, so that a character of several comes out whole. */
export function decodeOctal(field: string): string {
  return field.replace(/(?:\\[0-3][0-7]{2})+/g, (run) =>
    Buffer.from(
      run
        .slice(1)
        .split('\\')
        .map((octal) => Number.parseInt(octal, 8)),
    ).toString('utf8'),
  );
}

/**
 * The mount that an absolute, already resolved path lies on: the longest mount point above it that can be reached,
 * and the later one where two share a point. `null` when no listed mount covers the path.
 *
 * A mount that another one was put on top of is never the answer, even if its own mount point is longer.
 */
export function findMount(mounts: readonly Mount[], path: string): Mount | null {
  const covering = mounts.filter((mount) => covers(mount.mountPoint, path));
  const ids = new Set(mounts.map((mount) => mount.id));
  const top = covering.findLast((mount) => mount.mountPoint === '/' && !ids.has(mount.parentId));
  // In a chroot the mount that holds the root directory may not be listed: then there is no tree to walk.
  if (top === undefined) return longest(covering);
  // Down the tree as a path lookup goes, which meets the shortest mount point first.
  let current = top;
  const seen = new Set([current.id]);
  for (;;) {
    const below = covering.filter((mount) => mount.parentId === current.id && !seen.has(mount.id));
    const next = below.toSorted((a, b) => a.mountPoint.length - b.mountPoint.length)[0];
    if (next === undefined) return current;
    current = below.findLast((mount) => mount.mountPoint === next.mountPoint) ?? next;
    seen.add(current.id);
  }
}

function longest(mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (found === null || mount.mountPoint.length >= found.mountPoint.length) found = mount;
  }
  return found;
}

function covers(mountPoint: string, path: string): boolean {
  return mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
}

/** Reads `/proc/self/mountinfo`; empty when it can't be read. */
export async function readMounts(options: HostOptions = {}): Promise<readonly Mount[]> {
  return parseMountinfo((await readHostTextOrNull('/proc/self/mountinfo', options)) ?? '');
}
