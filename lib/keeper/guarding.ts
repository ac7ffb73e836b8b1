import type { Config } from '../config/index.ts';
import { RateLimit } from '../fill/index.ts';
import type { Verdict } from '../guard/index.ts';
import type { GuardedFills, KeeperDependencies } from './dependencies.ts';
import type { PauseWatch } from './pause-watch.ts';

/** The guard and the rate of a configuration: one for as long as it holds, so that baselines are kept. */
export class Guarding {
  readonly fills: GuardedFills;
  readonly rate: RateLimit | undefined;
  readonly #configured: number | null;
  #verdict: Verdict | null = null;
  /** Of the sweep that is under way. */
  watch: PauseWatch | null = null;

  constructor(
    { guard, fill }: Pick<Config, 'guard' | 'fill'>,
    { createFills }: Pick<KeeperDependencies, 'createFills'>,
    tell: (verdict: Verdict) => void,
  ) {
    this.#configured = fill.rate;
    this.rate = fill.rate === null ? undefined : new RateLimit(fill.rate);
    const onVerdict = (verdict: Verdict): void => {
      this.#verdict = verdict;
      this.watch?.onVerdict(verdict);
      tell(verdict);
    };
    this.fills = createFills(guard === false ? false : { limits: guard, onVerdict });
  }

  get verdict(): Verdict | null {
    return this.#verdict;
  }

  /** What a fill may read now, bytes a second: 0 while it is paused, `null` for no limit. */
  get bytesPerSecond(): number | null {
    const verdict = this.#verdict;
    if (verdict === null || verdict.action === 'go') return this.#configured;
    if (verdict.action !== 'slow') return 0;
    return Math.min(verdict.bytesPerSecond, this.#configured ?? Number.POSITIVE_INFINITY);
  }
}
