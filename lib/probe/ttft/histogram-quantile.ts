import { type ExpositionSample, parseValue } from './exposition.ts';

/** One bucket: so many observations took up to `le` seconds. */
export interface CumulativeBucket {
  /** Seconds; the last one is infinite. */
  readonly le: number;
  /** Of all buckets up to this one. */
  readonly count: number;
}

/** Buckets of one series, from the smallest on, by what tells it from the others. */
export type HistogramSeries = ReadonlyMap<string, readonly CumulativeBucket[]>;

/**
 * A quantile as far as a histogram tells it:
 * - `value`: within a bucket, between its ends by proportion, as Prometheus does;
 * - `at-least`: it lies in the last bucket, which has no end: longer than all that the buckets tell apart;
 * - `none`: nothing was observed.
 */
export type Quantile =
  | { readonly state: 'value'; readonly seconds: number }
  | { readonly state: 'at-least'; readonly seconds: number }
  | { readonly state: 'none' };

/** The buckets of a histogram by series, whatever their order on the page. What is no bucket is passed over. */
export function toSeries(
  samples: readonly ExpositionSample[],
  matches: (labels: ReadonlyMap<string, string>) => boolean,
): HistogramSeries {
  const series = new Map<string, Map<number, number>>();
  for (const { labels, value } of samples) {
    const le = parseValue(labels.get('le') ?? '');
    if (le === null || Number.isNaN(le) || !Number.isFinite(value) || value < 0 || !matches(labels)) continue;
    const rest = [...labels].filter(([name]) => name !== 'le').sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(rest);
    const buckets = series.get(key) ?? new Map<number, number>();
    // The same bucket twice is a broken page: the first one counts.
    if (!buckets.has(le)) buckets.set(le, value);
    series.set(key, buckets);
  }
  return new Map([...series].map(([key, buckets]) => [key, ascending(buckets)]));
}

/**
 * What was observed between two looks, summed over all series. A series in which a count fell was begun anew (its
 * server was restarted): all of its later counts are new then, and so are those of a series that wasn't there before.
 */
export function difference(
  before: HistogramSeries,
  after: HistogramSeries,
): { readonly buckets: readonly CumulativeBucket[]; readonly resets: number } {
  let resets = 0;
  const between = [...after].map(([key, now]) => {
    const then = new Map(before.get(key)?.map(({ le, count }) => [le, count]));
    const fell = now.some(({ le, count }) => count < (then.get(le) ?? 0));
    if (fell) resets += 1;
    return fell ? now : now.map(({ le, count }) => ({ le, count: count - (then.get(le) ?? 0) }));
  });
  return { buckets: sumBuckets(between), resets };
}

/** Several series as one. Where their bounds differ, each counts up to the next bound below that it has itself. */
export function sumBuckets(series: Iterable<readonly CumulativeBucket[]>): readonly CumulativeBucket[] {
  const all = [...series];
  const bounds = [...new Set(all.flatMap((buckets) => buckets.map(({ le }) => le)))].sort((a, b) => a - b);
  return bounds.map((le) => ({
    le,
    count: all.reduce((sum, buckets) => sum + (buckets.findLast((one) => one.le <= le)?.count ?? 0), 0),
  }));
}

/** How many observations the buckets hold. */
export function observations(buckets: readonly CumulativeBucket[]): number {
  return buckets.at(-1)?.count ?? 0;
}

/** @param share 0 to 1 */
export function quantile(buckets: readonly CumulativeBucket[], share: number): Quantile {
  const total = observations(buckets);
  if (!(total > 0)) return { state: 'none' };
  const rank = share * total;
  let previous: CumulativeBucket = { le: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > 0) {
      if (bucket.le === Number.POSITIVE_INFINITY) return { state: 'at-least', seconds: previous.le };
      const inBucket = bucket.count - previous.count;
      // No time is less than nothing: a first bucket begins at 0.
      const part = inBucket > 0 ? Math.max(0, rank - previous.count) / inBucket : 1;
      const start = Math.min(previous.le, bucket.le);
      return { state: 'value', seconds: start + (bucket.le - start) * part };
    }
    previous = bucket;
  }
  return { state: 'at-least', seconds: previous.le };
}

/** From the smallest bound on, and never falling: a page is written while its counts grow. */
function ascending(buckets: ReadonlyMap<number, number>): readonly CumulativeBucket[] {
  let most = 0;
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([le, count]) => {
      most = Math.max(most, count);
      return { le, count: most };
    });
}
