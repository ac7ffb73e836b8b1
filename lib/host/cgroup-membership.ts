import { posix } from 'node:path';
import { findMount, type Mount } from './mountinfo.ts';

/**
 * Which directory governs a process's memory.
 *
 * - `known`: the process's own cgroup, and how far up its ancestors can be seen.
 * - `ancestor`: only some ancestor can be named; the levels between it and the process can't.
 * - `none`: no memory controller governs the process.
 * - `unknown`: one does, or may, and it can't be found from here.
 */
export type CgroupMembership =
  | {
      readonly state: 'known' | 'ancestor';
      readonly version: 1 | 2;
      /** The cgroup's directory, as an absolute path of this mount namespace. */
      readonly directory: string;
      /** Where its hierarchy is mounted: `directory` or a directory above it. */
      readonly mountPoint: string;
    }
  | { readonly state: 'none' | 'unknown'; readonly reason: string };

interface Line {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly path: string;
}

/**
 * Finds the memory cgroup of a process on cgroup v1, v2 and hybrid hosts, in containers and cgroup namespaces.
 *
 * Pure: `cgroupText` is `/proc/PID/cgroup` of the process asked about, `mounts` are the *reader's* own: the kernel
 * gives the paths of both relative to the reader's cgroup namespace (cgroup_namespaces(7)), so they compare.
 */
export function findMemoryCgroup(cgroupText: string, mounts: readonly Mount[]): CgroupMembership {
  const lines = cgroupText.split('\n').flatMap((line) => parseLine(line) ?? []);
  if (lines.length === 0) {
    return { state: 'unknown', reason: 'the list of cgroups of this process is empty or unreadable' };
  }
  // A controller is bound to one hierarchy at a time: named on a v1 line, it is not on v2 even if v2 is mounted.
  const line =
    lines.find((candidate) => candidate.controllers.includes('memory')) ??
    lines.find((candidate) => candidate.version === 2);
  if (line === undefined) return { state: 'none', reason: 'no memory controller governs this process' };
  const places = mounts
    .filter((mount) => showsMemory(mount, line.version) && findMount(mounts, mount.mountPoint) === mount)
    .flatMap((mount) => place(mount, line) ?? []);
  const best =
    // The mount that shows most of the hierarchy is the one under which the process lies deepest.
    places.filter(({ state }) => state === 'known').toSorted((a, b) => depth(b) - depth(a))[0] ?? places[0];
  return (
    best ?? {
      state: 'unknown',
      reason: `the memory controller's cgroup v${line.version} hierarchy isn't mounted where it shows ${line.path}`,
    }
  );
}

/** `HIERARCHY:CONTROLLERS:PATH` (cgroups(7)); hierarchy 0 with no controllers is v2. */
function parseLine(text: string): Line | null {
  const match = /^(\d+):([^:]*):(\/.*)$/.exec(text);
  if (match === null) return null;
  const [, hierarchy, controllers = '', path = '/'] = match;
  if (hierarchy === '0' && controllers === '') return { version: 2, controllers: [], path };
  return { version: 1, controllers: controllers.split(','), path };
}

function showsMemory(mount: Mount, version: 1 | 2): boolean {
  return version === 2
    ? mount.fsType === 'cgroup2'
    : mount.fsType === 'cgroup' && mount.superOptions.includes('memory');
}

type Place = Extract<CgroupMembership, { readonly directory: string }>;

function depth({ directory, mountPoint }: Place): number {
  return posix.relative(mountPoint, directory).length;
}

/** Where the cgroup at `line.path` shows below a mount of its hierarchy; `null` when it doesn't. */
function place(mount: Mount, line: Line): Place | null {
  const { mountPoint } = mount;
  const top = splitUp(mount.root);
  const own = splitUp(line.path);
  if (top.up > own.up) {
    // The mount starts above the namespace's root: an ancestor, but the names on the way down are hidden.
    if (top.names.length > 0) return null;
    return { state: 'ancestor', version: line.version, directory: mountPoint, mountPoint };
  }
  if (top.up < own.up || top.names.some((name, index) => name !== own.names[index])) return null;
  const directory = posix.join(mountPoint, ...own.names.slice(top.names.length));
  return { state: 'known', version: line.version, directory, mountPoint };
}

/** `/../../a/b` → two levels up, then `a`, `b`. */
function splitUp(path: string): { readonly up: number; readonly names: readonly string[] } {
  const names = posix.normalize(path.slice(1)).split('/');
  const first = names.findIndex((name) => name !== '..');
  const up = first < 0 ? names.length : first;
  return { up, names: names.slice(up).filter((name) => name !== '' && name !== '.') };
}
