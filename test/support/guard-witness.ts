import { setTimeout as delay } from 'node:timers/promises';
import { HostGuard, type Verdict } from '../../lib/index.ts';

export interface Seen {
  readonly atMs: number;
  readonly verdict: Verdict;
}

export interface Witness {
  readonly guard: HostGuard;
  readonly seen: readonly Seen[];
  /** Waits for a verdict of that time or later. */
  readonly until: (matches: (verdict: Verdict) => boolean, sinceMs: number) => Promise<Seen>;
}

/** A guard that remembers what it said, and when. */
export function witness(limits: ConstructorParameters<typeof HostGuard>[0] = {}): Witness {
  const seen: Seen[] = [];
  const guard = new HostGuard({
    ...limits,
    onVerdict: (verdict) => seen.push({ atMs: performance.now(), verdict }),
  });
  const until = async (matches: (verdict: Verdict) => boolean, sinceMs: number): Promise<Seen> => {
    for (;;) {
      const found = seen.find(({ atMs, verdict }) => atMs >= sinceMs && matches(verdict));
      if (found) return found;
      await delay(10);
    }
  };
  return { guard, seen, until };
}
