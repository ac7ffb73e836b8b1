/** What a keeper works with. Everything of the host comes in here, so that tests can put something else in its place. */
import type { BudgetReadings } from '../budget/index.ts';
import { evict, HostGuard, type WarmOptions, type WarmResult, warm } from '../fill/index.ts';
import { readBudgetReadings } from '../fill/readings.ts';
import type { GuardOptions, Verdict } from '../guard/index.ts';
import { features } from '../native/calls.ts';
import { probeOpenMmap, probeReads } from '../probe/index.ts';
import { residency } from '../residency/index.ts';
import {
  type RestoreResult,
  readSnapshot,
  restoreSnapshot,
  type Snapshot,
  saveSnapshot,
} from '../snapshot/index.ts';
import { resolveTargets, type WarmSet } from '../targets/index.ts';
import type { HitWatch } from './hits.ts';
import type { NodeLock } from './node-lock.ts';
import type { WatchedReader } from './types.ts';

/** What guards a fill. Handed to it as it is; how it guards is its own affair. */
export interface FillGuard {
  readonly verdict: Verdict;
}

export interface FillGuardOptions {
  readonly limits: GuardOptions;
  readonly onVerdict: (verdict: Verdict) => void;
}

export type KeeperWarmOptions = Omit<WarmOptions, 'guard'> & { readonly guard: FillGuard | false };

export interface KeeperDependencies {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly pageSize: () => number;
  readonly resolve: typeof resolveTargets;
  readonly residency: typeof residency;
  readonly readBudget: () => Promise<BudgetReadings>;
  readonly warm: (set: WarmSet, options: KeeperWarmOptions) => Promise<WarmResult>;
  readonly evict: typeof evict;
  readonly createGuard: (options: FillGuardOptions) => FillGuard;
  /** `null` while another keeper holds it and `wait` is false. */
  readonly acquireLock: (
    directory: string,
    options: { readonly wait: boolean; readonly signal: AbortSignal },
  ) => Promise<Pick<NodeLock, 'release'> | null>;
  readonly createHitWatch: (watched: WatchedReader) => HitWatch;
  readonly readSnapshot: typeof readSnapshot;
  readonly restoreSnapshot: (source: Snapshot, options: KeeperWarmOptions) => Promise<RestoreResult>;
  readonly saveSnapshot: typeof saveSnapshot;
  readonly probeReads: typeof probeReads;
  readonly probeOpenMmap: typeof probeOpenMmap;
}

/** The guards that a keeper gets are those that `createGuard` below made. */
function ofHost(options: KeeperWarmOptions): WarmOptions {
  return options as WarmOptions;
}

/** The real ones, but for those of lib/keeper itself. */
export const HOST: Omit<KeeperDependencies, 'acquireLock' | 'createHitWatch'> = {
  now: () => Date.now(),
  random: Math.random,
  pageSize: () => features().pageSize,
  resolve: resolveTargets,
  residency,
  readBudget: () => readBudgetReadings(),
  warm: (set, options) => warm(set, ofHost(options)),
  evict,
  createGuard: (options) => new HostGuard(options),
  readSnapshot,
  restoreSnapshot: (source, options) => restoreSnapshot(source, ofHost(options)),
  saveSnapshot,
  probeReads,
  probeOpenMmap,
};
