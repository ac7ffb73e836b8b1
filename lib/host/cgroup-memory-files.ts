import { parseCount } from './host-file.ts';

/** A cgroup's ceiling and the file that sets it. `null` bytes: unlimited. */
export type CgroupLimit =
  | { readonly bytes: number; readonly file: CgroupLimitFile }
  | { readonly bytes: null; readonly file: null };

export type CgroupLimitFile =
  | 'memory.max'
  | 'memory.high'
  | 'memory.limit_in_bytes'
  /** A line of v1's memory.stat: the lowest limit of the whole line of ancestors, those out of sight included. */
  | 'hierarchical_memory_limit';

/** The `key value` lines of a cgroup's memory.stat, in bytes or event counts. Garbled lines are passed over. */
export type CgroupStat = ReadonlyMap<string, number>;

const UNLIMITED: CgroupLimit = { bytes: null, file: null };

// v1 has no word for "no limit": it prints LONG_MAX rounded down to the page size, which differs between hosts.
const V1_UNLIMITED = 2 ** 62;

/** Pure reading of `memory.stat`. */
export function parseCgroupStat(text: string): CgroupStat {
  const stat = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, value, rest] = line.split(' ');
    if (!key || rest !== undefined) continue;
    const count = /^\d{1,19}$/.test(value ?? '') ? Number(value) : null;
    if (count !== null) stat.set(key, count);
  }
  return stat;
}

/**
 * v2's ceiling: the lower of `memory.max` (above it: reclaim, then the OOM killer) and `memory.high` (above it:
 * throttling and heavy reclaim). Pass `null` for a `memory.high` that is absent. `null` result: `memory.max` is
 * garbled, which is not the same as unlimited.
 */
export function parseV2Limit(max: string, high: string | null): CgroupLimit | null {
  const hard = parseV2Value(max, 'memory.max');
  const soft = parseV2Value(high, 'memory.high');
  return hard === null || soft === null ? hard : lowerLimit(hard, soft);
}

function parseV2Value(text: string | null, file: CgroupLimitFile): CgroupLimit | null {
  if (text?.trim() === 'max') return UNLIMITED;
  const bytes = parseCount(text);
  return bytes === null ? null : { bytes, file };
}

/**
 * v1's ceiling, from `memory.limit_in_bytes`; `null` when the text is no number. `inherited` is memory.stat's
 * `hierarchical_memory_limit`, where the limits of ancestors that can't be seen should count as well.
 */
export function parseV1Limit(text: string, inherited?: number): CgroupLimit | null {
  if (!/^\s*-?\d{1,19}\s*$/.test(text)) return null;
  const own = v1Ceiling(Number(text), 'memory.limit_in_bytes');
  return inherited === undefined ? own : lowerLimit(own, v1Ceiling(inherited, 'hierarchical_memory_limit'));
}

function v1Ceiling(bytes: number, file: CgroupLimitFile): CgroupLimit {
  return bytes < 0 || bytes >= V1_UNLIMITED ? UNLIMITED : { bytes, file };
}

/** The stricter of two ceilings; the first where they are equal. */
export function lowerLimit(a: CgroupLimit, b: CgroupLimit): CgroupLimit {
  if (b.bytes === null) return a;
  return a.bytes === null || b.bytes < a.bytes ? b : a;
}

/**
 * File cache, in bytes, that the kernel can drop at once for new pages: what is on the file LRU lists, less what
 * has to be written first. Locked pages and tmpfs are on other lists, so they aren't in it. A lower bound: 0 where
 * memory.stat doesn't say.
 *
 * v1 prints each counter twice; the `total_` one includes the descendants that are charged here. `hierarchical`
 * false (v1 with `memory.use_hierarchy` 0) takes the plain ones.
 */
export function reclaimableFileBytes(stat: CgroupStat, version: 1 | 2, hierarchical = true): number {
  const read = (name: string): number => {
    const total = version === 1 && hierarchical ? stat.get(`total_${name}`) : undefined;
    return total ?? stat.get(name) ?? 0;
  };
  const dirty =
    version === 1 ? read('dirty') + read('writeback') : read('file_dirty') + read('file_writeback');
  return Math.max(0, read('inactive_file') + read('active_file') - dirty);
}
