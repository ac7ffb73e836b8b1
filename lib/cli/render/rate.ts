/** Bytes per second over the last few seconds. */
export interface RateMeter {
  /** Takes in how many bytes are done in all at a moment. */
  sample(timeMs: number, doneBytes: number): void;
  /** The rate over the window that ends now, or `null` while too little time has passed to tell. */
  rate(nowMs: number): number | null;
}

interface Sample {
  readonly time: number;
  readonly bytes: number;
}

// Shorter spans than this say more about the moment of sampling than about the work.
const MIN_SPAN_MS = 250;
const MIN_STEP_MS = 50;

/**
 * A meter over a sliding window: unlike an average that fades, it reaches zero when the work stands still, and
 * it holds a bounded number of samples however often it is fed.
 */
export function createRateMeter(windowMs = 5000): RateMeter {
  const samples: Sample[] = [];

  return {
    sample(time, bytes) {
      const beforeLast = samples.at(-2);
      if (beforeLast !== undefined && time - beforeLast.time < MIN_STEP_MS) samples.pop();
      samples.push({ time, bytes });
      // One sample older than the window stays, so that the window is covered from its beginning.
      while ((samples[1]?.time ?? time) < time - windowMs) samples.shift();
    },
    rate(now) {
      const last = samples.at(-1);
      const from = samples.findLast((sample) => sample.time <= now - windowMs) ?? samples[0];
      if (last === undefined || from === undefined) return null;
      const span = now - from.time;
      if (span < MIN_SPAN_MS) return null;
      return (Math.max(0, last.bytes - from.bytes) / span) * 1000;
    },
  };
}
