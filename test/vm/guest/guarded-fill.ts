import { HostGuard, warm } from '../../../lib/fill/index.ts';
import type { GuardOptions, Verdict } from '../../../lib/guard/index.ts';
import { resolveTargets } from '../../../lib/targets/index.ts';
import { through } from './chapters/residency.ts';
import { until } from './checks.ts';

interface FillOptions {
  readonly guard: { readonly limits?: GuardOptions };
  /** Bytes a second: slow enough that it is still under way when something happens. */
  readonly rate: number;
}

/** Waits for a verdict that suits, of those that come from now on. */
type Seen = (what: string, suits: (verdict: Verdict) => boolean) => Promise<Verdict>;

/** Fills while something is done to the machine, and ends the fill in every case. */
export async function withFill<T>(options: FillOptions, work: (seen: Seen) => Promise<T>): Promise<T> {
  const verdicts: Verdict[] = [];
  const guard = new HostGuard({ ...options.guard, onVerdict: (verdict) => void verdicts.push(verdict) });
  const stop = new AbortController();
  const filling = warm(await resolveTargets(through), { guard, rate: options.rate, signal: stop.signal });
  try {
    return await work(async (what, suits) => {
      const from = verdicts.length;
      await until(
        what,
        () => verdicts.at(-1) ?? null,
        () => verdicts.slice(from).some(suits),
      );
      const found = verdicts.slice(from).find(suits);
      if (found === undefined) throw new Error(`no verdict was ${what}`);
      return found;
    });
  } finally {
    stop.abort();
    await filling;
  }
}
