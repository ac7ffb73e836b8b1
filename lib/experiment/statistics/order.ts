/** What is said about the values of one condition. Pure. */

export interface Spread {
  readonly count: number;
  readonly least: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly most: number;
  /** Values beyond 1.5 interquartile ranges from the quartiles (Tukey's fences). They are counted in all the others. */
  readonly outliers: readonly number[];
}

/**
 * The value that the share `p` (0 to 1) of the values lies below, interpolated linearly between neighbours: type 7 of
 * Hyndman and Fan, the default of R and NumPy.
 *
 * @throws RangeError without values
 */
export function quantile(values: readonly number[], p: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  const place = (ascending.length - 1) * p;
  const below = ascending[Math.floor(place)];
  const above = ascending[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError('there are no values');
  return below + (above - below) * (place - Math.floor(place));
}

/** @throws RangeError without values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

const FENCE = 1.5;

/** `null` without values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const [least, lowerQuartile, middle, upperQuartile, most] = [0, 0.25, 0.5, 0.75, 1].map((p) =>
    quantile(values, p),
  ) as [number, number, number, number, number];
  const reach = FENCE * (upperQuartile - lowerQuartile);
  return {
    count: values.length,
    least,
    lowerQuartile,
    median: middle,
    upperQuartile,
    most,
    outliers: values.filter((value) => value < lowerQuartile - reach || value > upperQuartile + reach),
  };
}
