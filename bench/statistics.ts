/** What is said about samples. Pure: numbers in, numbers out. */

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly least: number;
  readonly most: number;
}

/** The value that the share `p` of the samples lies below, interpolated linearly between neighbours (R's type 7). */
export function quantile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError('there are no samples');
  return below + (above - below) * (place - Math.floor(place));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function spreadOf(samples: readonly number[]): Spread {
  return {
    count: samples.length,
    median: median(samples),
    lowerQuartile: quantile(samples, 0.25),
    upperQuartile: quantile(samples, 0.75),
    least: quantile(samples, 0),
    most: quantile(samples, 1),
  };
}

/**
 * `numerator / denominator` of each round that has both. What is compared was measured minutes apart on a machine that
 * others use too: neighbours in time are divided first, and only the ratios are summed up.
 */
export function ratiosByRound(
  numerator: ReadonlyMap<number, number>,
  denominator: ReadonlyMap<number, number>,
): readonly number[] {
  return [...numerator].flatMap(([round, value]) => {
    const other = denominator.get(round);
    return other === undefined || other === 0 ? [] : [value / other];
  });
}

export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** The straight line nearest to the points by least squares. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const across = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const along = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(along > 0)) throw new RangeError('a line needs two different x');
  const slope = across / along;
  return { intercept: meanY - slope * meanX, slope };
}

/** The power that y grows with as x does: 1 is linear, 2 quadratic, less than 1 has a part that stays the same. */
export function growthExponent(points: readonly (readonly [x: number, y: number])[]): number {
  return fitLine(points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)).slope;
}
