import type { CgroupMemory } from '../host/index.ts';
import { formatBytes, formatShare } from '../units.ts';
import { checkFraction, checkWholeNumber } from './check.ts';

/** What the host says when the budget is asked for. Sizes in bytes. */
export interface BudgetReadings {
  /** `MemAvailable` of `/proc/meminfo`; `null`: unknown. */
  readonly memAvailable: number | null;
  /** Every cgroup on the line from the process up; those without a limit don't count. */
  readonly cgroups: readonly CgroupMemory[];
  /**
   * Limits that may exist and couldn't be read, in words. They are handed on in {@link Budget.unknowns}.
   *
   * @default []
   */
  readonly gaps?: readonly string[] | undefined;
}

export interface BudgetOptions {
  /** A ceiling of one's own, in bytes: a whole number from 0. @default none */
  readonly maxBytes?: number | undefined;
  /** Share of `MemAvailable` that the warm set may take, 0 to 1. @default 0.5 */
  readonly fractionOfAvailable?: number | undefined;
}

export type LimitName = 'fractionOfAvailable' | 'maxBytes' | 'cgroup';

/** One ceiling on the warm set, in bytes. */
export interface BudgetLimit {
  readonly name: LimitName;
  readonly bytes: number;
  /** How the number came about, in words. */
  readonly detail: string;
  /** The cgroup's directory, where the limit is one. */
  readonly path?: string;
}

/** How many bytes may be made resident, and why no more. Plain data, fit for JSON. */
export interface Budget {
  /**
   * Ceiling on the resident bytes of the whole warm set, what is resident already included: a second run over the
   * same set arrives at the same files instead of adding a second helping.
   */
  readonly allowed: number;
  /** The limit that set `allowed`: of equal ones the first in `limits`. `unknown`: nothing could be measured. */
  readonly binding: LimitName | 'unknown';
  /** `binding`'s detail, or why there is no budget at all. */
  readonly reason: string;
  readonly limits: readonly BudgetLimit[];
  /** What couldn't be read and might have been lower, in words. */
  readonly unknowns: readonly string[];
}

/**
 * The lowest of a share of the host's available memory, the caller's own ceiling and the headroom of every cgroup
 * on the line: limit − (current − reclaimable file cache) − a margin, never below 0.
 *
 * Both kinds of reading count page cache as free to take, the warm set's own included, which is what makes the
 * result a ceiling on its total. Where nothing is known the budget is 0, not a guess. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for an option out of range.
 */
export function computeBudget(readings: BudgetReadings, options: BudgetOptions = {}): Budget {
  const { maxBytes, fractionOfAvailable = 0.5 } = options;
  checkFraction('fractionOfAvailable', fractionOfAvailable);
  if (maxBytes !== undefined) {
    checkWholeNumber(
      'maxBytes',
      maxBytes,
      'pass a size in bytes, or leave it out for no ceiling of your own',
    );
  }

  const limits: BudgetLimit[] = [];
  const unknowns = [...(readings.gaps ?? [])];
  if (readings.memAvailable === null) unknowns.push('MemAvailable of /proc/meminfo is unknown');
  else limits.push(ofAvailable(readings.memAvailable, fractionOfAvailable));
  if (maxBytes !== undefined)
    limits.push({
      name: 'maxBytes',
      bytes: maxBytes,
      detail: `a ceiling of ${formatBytes(maxBytes)} was asked for`,
    });
  for (const cgroup of readings.cgroups) {
    if (cgroup.limit !== null) limits.push(ofCgroup(cgroup, cgroup.limit));
  }

  const [first, ...others] = limits;
  if (first === undefined) {
    const reason = 'MemAvailable is unknown, no cgroup has a limit and maxBytes is not set: set maxBytes';
    return { allowed: 0, binding: 'unknown', reason, limits, unknowns };
  }
  const lowest = others.reduce((a, b) => (b.bytes < a.bytes ? b : a), first);
  return { allowed: lowest.bytes, binding: lowest.name, reason: lowest.detail, limits, unknowns };
}

/**
 * Filled to the brim, a cgroup reclaims what was just read: at a limit of 256 MiB a fill without a margin lost 0.2 to
 * 2.1 MiB of itself, one with 8 MiB nothing.
 */
const LEAST_MARGIN = 8 * 1024 * 1024;
const MARGIN_SHARE = 0.03;

function ofAvailable(memAvailable: number, fraction: number): BudgetLimit {
  return {
    name: 'fractionOfAvailable',
    bytes: Math.floor(memAvailable * fraction),
    detail: `${formatShare(fraction)} of the ${formatBytes(memAvailable)} that the host has available`,
  };
}

function ofCgroup({ path, limitFile, current, reclaimableFile }: CgroupMemory, limit: number): BudgetLimit {
  const ceiling = `${limitFile ?? 'limit'} of ${formatBytes(limit)}`;
  if (current === null) {
    return { name: 'cgroup', bytes: 0, detail: `${ceiling}, of which an unknown part is in use`, path };
  }
  const fixed = Math.max(0, current - reclaimableFile);
  const margin = Math.max(LEAST_MARGIN, Math.ceil(limit * MARGIN_SHARE));
  return {
    name: 'cgroup',
    bytes: Math.max(0, limit - fixed - margin),
    detail: `${ceiling}, less ${formatBytes(fixed)} in use that the kernel can't drop at once and ${formatBytes(margin)} to breathe`,
    path,
  };
}
