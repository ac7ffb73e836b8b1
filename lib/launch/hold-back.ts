import type { WarmSet } from '../targets/index.ts';
import { formatBytes } from '../units.ts';
import type { LaunchDependencies } from './dependencies.ts';
import type { CompanionOptions, WaitFor } from './options.ts';
import type { BesideProgress, BesideResult } from './types.ts';

// A guard that pauses, or a budget that is never enough, must not keep a server from running for ever.
const LONGEST_WAIT_MS = 5 * 60_000;

/** What was done while a server was held back. Bytes. */
export interface HeldBack {
  readonly residentBefore: number;
  readonly readBytes: number;
}

/** A fill beside a server, with what came before the server: it was read ahead of it, too. Pure. */
export function addHeldBack(result: BesideResult, held: HeldBack | null): BesideResult {
  if (held === null || held.readBytes === 0) return result;
  const all = result.stopped === 'warm-already';
  return {
    ...result,
    residentBefore: result.residentBefore === null ? null : held.residentBefore,
    warmedAhead: result.warmedAhead + held.readBytes,
    ...(all ? { how: 'ahead', stopped: 'done' } : {}),
    why: all
      ? 'filled before the server was started'
      : `${formatBytes(held.readBytes)} were filled before the server was started; then: ${result.why}`,
  };
}

/** Fills until the share is resident, the time is over, or nothing is left to do. What was begun stays. */
export async function holdBack(
  set: WarmSet,
  { share, ms }: WaitFor,
  options: CompanionOptions,
  dependencies: LaunchDependencies,
  onProgress: (progress: BesideProgress) => void,
  signal: AbortSignal,
): Promise<HeldBack> {
  const enough = new AbortController();
  const limit = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(ms ?? LONGEST_WAIT_MS)]);
  let [asked, before, readBytes] = [0, 0, 0];
  const check = (read: number): void => {
    readBytes = read;
    onProgress({ asked, resident: before + read, read, loaderBytes: null });
    if (share !== undefined && before + read >= share * asked) enough.abort();
  };
  try {
    await dependencies.warm(set, {
      budget: options.budget,
      guard: options.guard,
      rate: options.rate,
      signal: limit,
      onPlan: (plan) => {
        asked = plan.asked;
        before = plan.alreadyResident;
        check(0);
      },
      onProgress: ({ phase, read }) => {
        if (phase === 'filling') check(read);
      },
    });
  } catch (error) {
    if (!limit.aborted) throw error;
  }
  return { residentBefore: before, readBytes };
}
