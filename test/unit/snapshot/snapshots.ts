import fc from 'fast-check';
import type { KnownRecord, RecordedFile, Snapshot } from '../../../lib/snapshot/index.ts';
import { nameOf } from '../../../lib/targets/path-names.ts';

export const PAGE = 4096;

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

/** Any bytes that a path may have, most of them no UTF-8. */
const path = fc
  .uint8Array({ min: 1, minLength: 1, maxLength: 60 })
  .map((bytes) => nameOf(Buffer.concat([Buffer.from('/'), bytes])));

/** Runs of a file of so many pages. */
function runsOf(gaps: readonly (readonly [number, number])[]): { runs: Float64Array; pages: number } {
  const runs: number[] = [];
  // A gap of 1 before the first run means none: it may begin with the file.
  let end = -1;
  for (const [gap, count] of gaps) {
    runs.push(end + gap, count);
    end += gap + count;
  }
  return { runs: Float64Array.from(runs), pages: Math.max(0, end) };
}

const identity = { dev: u64, ino: u64 };

const known = fc
  .record({
    ...identity,
    path,
    modifiedNs: i64,
    gaps: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 36 }), fc.integer({ min: 1, max: 2 ** 34 })), {
      maxLength: 12,
    }),
    spare: fc.integer({ min: 0, max: PAGE - 1 }),
  })
  .map(({ path, gaps, spare, ...rest }): RecordedFile => {
    const { runs, pages } = runsOf(gaps);
    return { ...path, ...rest, size: Math.max(0, pages * PAGE - spare), state: 'known', runs };
  });

const unknown = fc
  .record({
    ...identity,
    path,
    size: fc.maxSafeNat(),
    modifiedNs: fc.option(i64),
    code: fc.constantFrom('not-permitted', 'no-page-cache', 'unsupported', 'unreadable', 'replaced'),
    message: text,
    remedy: text,
  })
  .map(
    ({ path, code, message, remedy, ...rest }): RecordedFile => ({
      ...path,
      ...rest,
      state: 'unknown',
      reason: { code, message, remedy },
    }),
  );

export const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  pageSize: fc.constant(PAGE),
  savedAt: fc.maxSafeNat(),
  files: fc.uniqueArray(fc.oneof(known, unknown), {
    maxLength: 8,
    selector: ({ path, rawPath }) => Buffer.from(rawPath ?? path).toString('latin1'),
  }),
});

/** One file of ten pages, some of them resident; with changes. */
export function record(changes: Partial<KnownRecord> = {}): KnownRecord {
  return {
    path: '/models/a',
    dev: 1n,
    ino: 2n,
    size: 10 * PAGE,
    state: 'known',
    modifiedNs: 3n,
    runs: Float64Array.of(0, 2, 4, 3),
    ...changes,
  };
}

export function snapshotOf(...files: readonly RecordedFile[]): Snapshot {
  return { pageSize: PAGE, savedAt: 1_700_000_000_000, files };
}
