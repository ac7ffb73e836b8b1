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

export interface FillGuardOptions {
  readonly limits: GuardOptions;
  readonly onVerdict: (verdict: Verdict) => void;
}

export type KeeperWarmOptions = Omit<WarmOptions, 'guard'>;

/** Fills under one guard: what it has learnt about the host it keeps for as long as these are used. */
export interface GuardedFills {
  readonly warm: (set: WarmSet, options: KeeperWarmOptions) => Promise<WarmResult>;
  readonly restoreSnapshot: (source: Snapshot, options: KeeperWarmOptions) => Promise<RestoreResult>;
}

export interface KeeperDependencies {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly pageSize: () => number;
  readonly resolve: typeof resolveTargets;
  readonly residency: typeof residency;
  readonly readBudget: () => Promise<BudgetReadings>;
  /** `false`: nobody watches them. */
  readonly createFills: (guard: FillGuardOptions | false) => GuardedFills;
  readonly evict: typeof evict;
  /** `null` while another keeper holds it and `wait` is false. */
  readonly acquireLock: (
    directory: string,
    options: { readonly wait: boolean; readonly signal: AbortSignal },
  ) => Promise<Pick<NodeLock, 'release'> | null>;
  readonly createHitWatch: (watched: WatchedReader) => HitWatch;
  readonly readSnapshot: typeof readSnapshot;
  readonly saveSnapshot: typeof saveSnapshot;
  readonly probeReads: typeof probeReads;
  readonly probeOpenMmap: typeof probeOpenMmap;
}

function createFills(options: FillGuardOptions | false): GuardedFills {
  const guard = options === false ? false : new HostGuard(options);
  return {
    warm: (set, more) => warm(set, { ...more, guard }),
    restoreSnapshot: (source, more) => restoreSnapshot(source, { ...more, guard }),
  };
}

/** The real ones, but for those of lib/keeper itself. */
export const HOST: Omit<KeeperDependencies, 'acquireLock' | 'createHitWatch'> = {
  now: () => Date.now(),
  random: Math.random,
  pageSize: () => features().pageSize,
  resolve: resolveTargets,
  residency,
  readBudget: () => readBudgetReadings(),
  createFills,
  evict,
  readSnapshot,
  saveSnapshot,
  probeReads,
  probeOpenMmap,
};
