import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seedNames, statusDocument, watchKeeper } from '../../../lib/metrics/index.ts';
import { quantile, SampleWindow } from '../../../lib/metrics/sample-window.ts';
import { aFile, aSet, aSweep, busyKeeper, FakeKeeper } from '../../support/fake-keeper.ts';

const FINE = { live: true, ready: true, reasons: [] };

test('nothing heard is nothing known', () => {
  const watch = watchKeeper(new FakeKeeper(), { now: () => 5 });
  expect(watch.view()).toEqual({
    atMs: 5,
    state: null,
    sweep: null,
    verdicts: [],
    rateLimit: null,
    hits: null,
    latency: { openMmap: null, read: null },
    problems: [],
  });
  expect(seedNames(watch.view())).toEqual({
    cache_hit_ratio: null,
    open_mmap_latency_p95_ms: null,
    nvme_read_p95_ms: null,
    ttft_p95_ms: null,
  });
});

test('the four names come from samples that were taken', () => {
  const keeper = new FakeKeeper();
  const watch = watchKeeper(keeper);
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
  keeper.emit('probe', { kind: 'read', set: 'a', milliseconds: twenty.toReversed() });
  keeper.emit('probe', { kind: 'open', set: 'a', milliseconds: [0.1] });
  keeper.emit('probe', { kind: 'mmap', set: 'b', milliseconds: [7, Number.NaN] });
  keeper.emit('sweep', aSweep());
  expect(seedNames(watch.view())).toEqual({
    cache_hit_ratio: 0.5,
    open_mmap_latency_p95_ms: 7,
    nvme_read_p95_ms: 19,
    ttft_p95_ms: null,
  });
});

test('the ratio of several sets weighs by the bytes that are known, and is unknown where none is', () => {
  const keeper = new FakeKeeper();
  const watch = watchKeeper(keeper);
  const ratio = (...sets: ReturnType<typeof aSet>[]): number | null => {
    keeper.emit('sweep', aSweep({ sets }));
    return seedNames(watch.view()).cache_hit_ratio;
  };
  const file = (sizeBytes: number, residentBytes: number | null) => aFile({ sizeBytes, residentBytes });
  expect(ratio(aSet({ files: [file(300, 300)] }), aSet({ files: [file(100, 0)] }))).toBe(0.75);
  expect(ratio(aSet({ files: [file(300, 300), file(900, null)] }), aSet({ files: [file(100, 0)] }))).toBe(
    0.75,
  );
  expect(ratio(aSet({ files: [file(900, null)] }), aSet({ files: [file(100, 50)] }))).toBe(0.5);
  expect(ratio(aSet({ files: [file(300, 0), file(900, null)] }), aSet({ files: [file(100, 50)] }))).toBe(
    0.125,
  );
  expect(ratio(aSet({ files: [] }))).toBeNull();
});

test('verdicts that say the same are one spell with the latest words; the history is bounded', () => {
  const keeper = new FakeKeeper();
  let ms = 0;
  const watch = watchKeeper(keeper, { spells: 3, now: () => ms });
  const slow = (bytesPerSecond: number, message: string): void => {
    keeper.emit('verdict', { action: 'slow', bytesPerSecond, reason: { code: 'device-slow', message } });
  };
  keeper.emit('verdict', { action: 'go' });
  ms = 10;
  slow(9, 'first');
  ms = 20;
  slow(8, 'second');
  expect(watch.view().verdicts).toEqual([
    { sinceMs: 0, action: 'go', code: null, message: null, bytesPerSecond: null },
    { sinceMs: 10, action: 'slow', code: 'device-slow', message: 'second', bytesPerSecond: 8 },
  ]);
  for (ms = 30; ms < 100; ms += 10) {
    if (ms % 20 === 0) slow(1, '');
    else keeper.emit('verdict', { action: 'go' });
  }
  expect(watch.view().verdicts.map(({ sinceMs }) => sinceMs)).toEqual([70, 80, 90]);
});

test('a window keeps the latest samples, and its quantiles are those of a sorted list', () => {
  const sample = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.array(sample)), fc.integer({ min: 1, max: 40 }), (batches, capacity) => {
      const window = new SampleWindow(capacity);
      for (const batch of batches) window.add(batch);
      const kept = batches
        .flat()
        .slice(-capacity)
        .toSorted((a, b) => a - b);
      const summary = window.summary();
      expect(summary?.samples ?? 0).toBe(kept.length);
      if (summary === null) return;
      const covered = kept.filter((value) => value <= summary.p95Ms).length;
      expect(kept).toContain(summary.p95Ms);
      expect(covered).toBeGreaterThanOrEqual(0.95 * kept.length - 1e-6);
      expect(kept.filter((value) => value < summary.p95Ms).length).toBeLessThan(0.95 * kept.length);
    }),
  );
  expect(quantile([], 0.95)).toBeNaN();
});

test('the status document is ASCII and parses back', () => {
  const keeper = new FakeKeeper();
  const clock = { ms: 0 };
  const watch = watchKeeper(keeper, { now: () => clock.ms });
  busyKeeper(keeper, clock);
  const text = statusDocument(watch.view(), FINE);
  expect(text).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(text)).toEqual({
    schema: 'warmset.keep/1',
    ...seedNames(watch.view()),
    health: FINE,
    ...watch.view(),
  });
  watch.close();
  expect(keeper.eventNames()).toEqual([]);
});
