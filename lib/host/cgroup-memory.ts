import { posix } from 'node:path';
import { findMemoryCgroup } from './cgroup-membership.ts';
import {
  type CgroupLimitFile,
  parseCgroupStat,
  parseV1Limit,
  parseV2Limit,
  reclaimableFileBytes,
} from './cgroup-memory-files.ts';
import {
  type HostOptions,
  hostPathExists,
  type ProcessId,
  parseCount,
  readHostText,
  readHostTextOrNull,
} from './host-file.ts';
import { readMounts } from './mountinfo.ts';

/** One memory cgroup on the line from a process up to the root of its hierarchy. Sizes in bytes. */
export interface CgroupMemory {
  /** Its directory, as an absolute path of this mount namespace. */
  readonly path: string;
  readonly version: 1 | 2;
  /** The ceiling of everything charged here and below; `null`: unlimited. */
  readonly limit: number | null;
  /** What set `limit`; `null` when there is none. */
  readonly limitFile: CgroupLimitFile | null;
  /** Bytes charged now (`memory.current`, `memory.usage_in_bytes`), page cache included; `null`: unreadable. */
  readonly current: number | null;
  /** How much of `current` is file cache that the kernel can drop at once. A lower bound. */
  readonly reclaimableFile: number;
}

/**
 * The memory cgroups of a process.
 *
 * `known` with an empty list: there is a hierarchy and no level of it limits or counts memory.
 * `none`: no memory controller governs the process. `unknown`: it can't be told from here, with the reason.
 */
export type CgroupMemoryReading =
  | {
      readonly state: 'known';
      readonly version: 1 | 2;
      /** The process's own cgroup first, the highest that is visible last. */
      readonly cgroups: readonly CgroupMemory[];
      /** Limits that may exist and couldn't be seen, in words. Empty: every level up to the root was read. */
      readonly gaps: readonly string[];
    }
  | { readonly state: 'none' | 'unknown'; readonly reason: string };

type Level =
  | { readonly state: 'read'; readonly memory: CgroupMemory; readonly hierarchical: boolean }
  | { readonly state: 'no-controller' }
  | { readonly state: 'failed'; readonly code: string };

/**
 * Reads the memory cgroup of a process and every ancestor that this mount namespace shows.
 *
 * Page cache is charged to the cgroup of whoever reads a page first, so each of these ceilings caps a warm set
 * (Documentation/admin-guide/cgroup-v2.rst, "Memory Ownership"; cgroup-v1/memory.rst). Never rejects for a missing
 * or unreadable file.
 */
export async function readCgroupMemory(
  pid: ProcessId = 'self',
  options: HostOptions = {},
): Promise<CgroupMemoryReading> {
  const [list, mounts] = await Promise.all([
    readHostText(`/proc/${pid}/cgroup`, options),
    readMounts(options),
  ]);
  if (list.state === 'failed') {
    return { state: 'unknown', reason: `/proc/${pid}/cgroup can't be read: ${list.code}` };
  }
  const own = findMemoryCgroup(list.text, mounts);
  if ('reason' in own) return own;

  const cgroups: CgroupMemory[] = [];
  const gaps: string[] = [];
  if (own.state === 'ancestor') {
    gaps.push(`the levels between ${own.directory} and this process's cgroup have no visible names`);
  }
  const paths = [...upTo(own.directory, own.mountPoint)];
  const [isRoot, ...levels] = await Promise.all([
    isHierarchyRoot(own.mountPoint, own.version, options),
    ...paths.map((path) => readLevel(path, own.version, path === own.mountPoint, options)),
  ]);
  for (const [at, level] of levels.entries()) {
    const path = paths[at] ?? own.directory;
    if (level.state === 'failed') gaps.push(`${path} can't be read: ${level.code}`);
    if (level.state !== 'read') continue;
    // A v1 cgroup without use_hierarchy (kernels before 5.11) isn't charged for its children, nor is any above it.
    if (!level.hierarchical && path !== own.directory)
      return { state: 'known', version: own.version, cgroups, gaps };
    cgroups.push(level.memory);
  }
  if (!isRoot) {
    gaps.push(`cgroups above ${own.mountPoint} are out of sight`);
  }
  return { state: 'known', version: own.version, cgroups, gaps };
}

function* upTo(directory: string, top: string): Generator<string> {
  for (let path = directory; ; path = posix.dirname(path)) {
    yield path;
    if (path === top || path === '/') return;
  }
}

async function readLevel(path: string, version: 1 | 2, isTop: boolean, options: HostOptions): Promise<Level> {
  const limitFile = version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  const read = (name: string): Promise<string | null> => readHostTextOrNull(`${path}/${name}`, options);
  const [limitText, statText, hierarchy, high, usage] = await Promise.all([
    readHostText(`${path}/${limitFile}`, options),
    read('memory.stat'),
    version === 1 ? read('memory.use_hierarchy') : null,
    version === 2 ? read('memory.high') : null,
    read(version === 2 ? 'memory.current' : 'memory.usage_in_bytes'),
  ]);
  if (limitText.state === 'failed') {
    // The v2 root and levels without the controller have a directory and no memory files: nothing is limited there.
    const bare = limitText.code === 'ENOENT' && (await hostPathExists(path, options));
    return bare ? { state: 'no-controller' } : limitText;
  }
  const stat = parseCgroupStat(statText ?? '');
  const hierarchical = hierarchy?.trim() !== '0';
  const limit =
    version === 2
      ? parseV2Limit(limitText.text, high)
      : // In a container the levels above the mount are hidden, but v1 still tells the lowest of their limits.
        parseV1Limit(limitText.text, isTop ? stat.get('hierarchical_memory_limit') : undefined);
  if (limit === null) return { state: 'failed', code: `${limitFile} is no number` };
  const current = parseCount(usage);
  const reclaimable = reclaimableFileBytes(stat, version, hierarchical);
  return {
    state: 'read',
    hierarchical,
    memory: {
      path,
      version,
      limit: limit.bytes,
      limitFile: limit.file,
      current,
      // The two files are read one after the other, and counters are flushed late: never more than is charged.
      reclaimableFile: Math.min(reclaimable, current ?? 0),
    },
  };
}

/** Whether a directory is the true root of its hierarchy, rather than a container's view of some inner level. */
async function isHierarchyRoot(path: string, version: 1 | 2, options: HostOptions): Promise<boolean> {
  const onlyThere = version === 1;
  const mark = await readHostText(`${path}/${onlyThere ? 'cgroup.sane_behavior' : 'cgroup.events'}`, options);
  return (mark.state === 'read' || mark.code !== 'ENOENT') === onlyThere;
}
