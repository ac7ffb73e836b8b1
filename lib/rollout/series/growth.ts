import { type GridSeries, instancesOf } from './grid.ts';

/** How much counters grew in each window. `null`: not known. */
export type Growth = readonly (number | null)[];

/**
 * The growth of one counter. A count that fell was begun anew: all that it has now is new. One that wasn't there at the
 * window's beginning began at 0 if its replica was there: counters with labels first appear with their first event, and
 * `increase()` of Prometheus would miss that one.
 *
 * @param wasThere whether the replica was there at each end
 */
export function growthOf(values: readonly (number | null)[], wasThere: readonly boolean[]): Growth {
  return values.slice(1).map((now, index) => {
    const before = values[index] ?? null;
    if (now === null || !Number.isFinite(now)) return null;
    if (before === null) return wasThere[index] === true ? now : null;
    if (!Number.isFinite(before)) return null;
    return now < before ? now : now - before;
  });
}

/** Falls of a counter: restarts of what counts. */
export function fallsOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.filter((value, index) => index > 0 && value < (known[index - 1] ?? value)).length;
}

/** Whether each replica was there at each end, by any of its series. */
export function presenceOf(series: readonly GridSeries[]): ReadonlyMap<string, readonly boolean[]> {
  const ends = series[0]?.values.length ?? 0;
  return new Map(
    instancesOf(series).map((instance) => {
      const own = series.filter((one) => one.instance === instance);
      return [
        instance,
        Array.from({ length: ends }, (_, at) => own.some(({ values }) => values[at] !== null)),
      ];
    }),
  );
}

/**
 * The growth of each replica's counters together. In a window that a replica was in from end to end, a counter of its that
 * isn't there has counted nothing.
 *
 * @param witnesses further series of the same replicas, which say that these were there
 */
export function growthByInstance(
  series: readonly GridSeries[],
  witnesses: readonly GridSeries[] = [],
): ReadonlyMap<string, Growth> {
  const presence = presenceOf([...witnesses, ...series]);
  return new Map(
    [...presence].map(([instance, there]) => {
      const parts = series
        .filter((one) => one.instance === instance)
        .map(({ values }) => ({ values, growth: growthOf(values, there) }));
      const windows = there.length - 1;
      const sums = Array.from({ length: windows }, (_, window): number | null => {
        if (there[window] !== true || there[window + 1] !== true) return null;
        let sum = 0;
        for (const { values, growth } of parts) {
          const part = growth[window] ?? null;
          if (part === null && values[window + 1] !== null) return null;
          sum += part ?? 0;
        }
        return sum;
      });
      return [instance, sums];
    }),
  );
}

/** All replicas of a side together; `null` where none is known. */
export function sumOf(growths: Iterable<Growth>): Growth {
  const all = [...growths];
  const windows = all[0]?.length ?? 0;
  return Array.from({ length: windows }, (_, window) => {
    const known = all.map((growth) => growth[window] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

/** How many replicas are known in each window. */
export function replicasOf(growths: Iterable<Growth>): readonly number[] {
  const all = [...growths];
  return Array.from(
    { length: all[0]?.length ?? 0 },
    (_, window) => all.filter((growth) => (growth[window] ?? null) !== null).length,
  );
}
