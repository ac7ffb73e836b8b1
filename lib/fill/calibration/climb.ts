/** What some streams reached on bytes that had to be read anyway. */
export interface Trial {
  readonly streams: number;
  readonly bytesPerSecond: number;
}

// Rates of the same thing differ by a tenth from one moment to the next; more streams must be worth what they do to
// neighbours.
const WORTH = 1.1;
const MOST_STREAMS = 32;

/**
 * How many streams to try next: twice as many for as long as that is worth it; `null` when enough is known. The usual
 * number is tried first. Pure.
 */
export function nextStreams(trials: readonly Trial[], usual: number): number | null {
  const last = trials.at(-1);
  if (!last) return usual;
  const before = trials.at(-2);
  if (before && last.bytesPerSecond < before.bytesPerSecond * WORTH) return null;
  return last.streams * 2 <= MOST_STREAMS ? last.streams * 2 : null;
}

/** The fewest streams than which twice as many weren't worth it; `null` before anything was tried. Pure. */
export function settle(trials: readonly Trial[]): number | null {
  const better = trials.findLast(
    ({ bytesPerSecond }, at) => at === 0 || bytesPerSecond >= (trials[at - 1]?.bytesPerSecond ?? 0) * WORTH,
  );
  return better?.streams ?? null;
}
