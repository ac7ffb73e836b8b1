/** Series laid onto a grid of times, so that canary and control are compared window by window. Pure. */

/** One series as Prometheus tells it. */
export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix time in milliseconds and the value, in the order of time. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

/** The ends of windows; the first one is the beginning of the first window. */
export interface Grid {
  readonly startMs: number;
  readonly windowMs: number;
  /** Windows; there is one end more. */
  readonly windows: number;
}

/** What was asked for once, for one side. */
export interface GridSeries {
  /** What tells replicas apart. */
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  /** At each end; `null` where there is none. It may be NaN. */
  readonly values: readonly (number | null)[];
}

export function endsOf({ startMs, windowMs, windows }: Grid): readonly number[] {
  return Array.from({ length: windows + 1 }, (_, index) => startMs + index * windowMs);
}

/** @param instanceLabel of the label that tells replicas apart; a series without it counts as of the replica '' */
export function layOnGrid(
  raw: readonly RawSeries[],
  grid: Grid,
  instanceLabel: string,
): readonly GridSeries[] {
  return raw.map(({ labels, points }) => {
    const values: (number | null)[] = new Array(grid.windows + 1).fill(null);
    for (const [atMs, value] of points) {
      const index = (atMs - grid.startMs) / grid.windowMs;
      // A time between two ends is none that was asked for: another step would make other windows of it.
      if (Number.isInteger(index) && index >= 0 && index < values.length) values[index] = value;
    }
    return { instance: labels[instanceLabel] ?? '', labels, values };
  });
}

export function instancesOf(series: readonly GridSeries[]): readonly string[] {
  return [...new Set(series.map(({ instance }) => instance))].sort();
}

export function hasNonNumber(series: readonly GridSeries[]): boolean {
  return series.some(({ values }) => values.some((value) => value !== null && !Number.isFinite(value)));
}
