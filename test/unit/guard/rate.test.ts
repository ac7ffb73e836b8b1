import { expect, test } from 'vitest';
import { Guard } from '../../../lib/guard/index.ts';
import { GIB, MIB, type Moment, show } from './readings.ts';

type What = Omit<Moment, 'atMs'>;

/** A neighbour who isn't harmed below a rate and is above it. */
const knee = (guard: Guard, at: number) => (): What => {
  const harmed = (guard.bytesPerSecond ?? Number.POSITIVE_INFINITY) > at;
  return { device: { othersReadsPerSecond: 300, loadedMs: harmed ? [0.5, 0.5] : [0.2, 0.2] } };
};

test('a sharp knee is met seldom, and the rate stays near below it', () => {
  const guard = new Guard();
  show(guard, 0, 10_000);
  const at = 0.2 * GIB;
  show(guard, 10_000, 120_000, knee(guard, at));
  const rates = show(guard, 120_000, 420_000, knee(guard, at)).flatMap((one) =>
    one.action === 'slow' ? [one.bytesPerSecond] : [],
  );
  expect(rates.length).toBe(1200);
  expect(Math.min(...rates)).toBeGreaterThan(at * 0.45);
  expect(Math.max(...rates)).toBeLessThan(at * 1.3);
  const falls = rates.filter((rate, index) => rate < (rates[index - 1] ?? 0));
  // Without the memory of what was too much it would be ten.
  expect(falls.length).toBeLessThan(6);
  const harmed = rates.filter((rate) => rate > at).length / rates.length;
  expect(harmed).toBeLessThan(0.05);
});

test('before full speed was seen the rate doubles, each time on probes of its own', () => {
  const guard = new Guard();
  const rates = show(guard, 0, 20_000, () => ({ device: { othersReadsPerSecond: 300 } })).map((one) =>
    one.action === 'slow' ? one.bytesPerSecond : Number.NaN,
  );
  expect(rates[0]).toBe(8 * MIB);
  const raisedAt = rates.flatMap((rate, index) => (rate > (rates[index - 1] ?? rate) ? [index] : []));
  expect(raisedAt.length).toBeGreaterThan(3);
  // Twenty probes come with ten observations.
  for (const [nth, index] of raisedAt.entries())
    expect(index - (raisedAt[nth - 1] ?? 0)).toBeGreaterThanOrEqual(9);
});

test('a stray is forgiven quickly', () => {
  const guard = new Guard();
  show(guard, 0, 10_000);
  show(guard, 10_000, 10_250, () => ({ device: { othersReadsPerSecond: 50 } }));
  const back = show(guard, 10_250, 20_000).findIndex(({ action }) => action === 'go');
  expect(back).toBeGreaterThan(3);
  expect(back).toBeLessThan(12);
});

test('what a fill reads while it is limited is not full speed', () => {
  const guard = new Guard();
  show(guard, 0, 10_000);
  show(guard, 10_000, 10_250, () => ({ device: { othersReadsPerSecond: 300 } }));
  show(guard, 10_250, 12_000, () => ({
    device: { othersReadsPerSecond: 300 },
    fill: { readBytes: 10 * 256 * MIB },
  }));
  expect(guard.baselines.unhinderedBytesPerSecond).toBeLessThan(1.01 * GIB);
});

const reads = (count: number): What => ({ device: { othersReadsPerSecond: count * 15, othersReads: count } });

test('one read alone is nobody to yield to; two are, and so is a second one soon after', () => {
  const guard = new Guard();
  show(guard, 0, 10_000);
  expect(show(guard, 10_000, 10_250, () => reads(1)).at(-1)?.action).toBe('go');
  expect(show(guard, 10_250, 14_000).every(({ action }) => action === 'go')).toBe(true);
  expect(show(guard, 14_000, 14_250, () => reads(2)).at(-1)?.action).toBe('slow');

  const other = new Guard();
  show(other, 0, 10_000);
  show(other, 10_000, 10_250, () => reads(1));
  show(other, 10_250, 11_000);
  expect(show(other, 11_000, 11_250, () => reads(1)).at(-1)?.action).toBe('slow');
});

test('whoever is expected back is seen by one read', () => {
  const guard = new Guard();
  show(guard, 0, 10_000);
  show(guard, 10_000, 12_000, () => reads(5));
  show(guard, 12_000, 14_500);
  show(guard, 14_500, 14_750, () => reads(1));
  expect(show(guard, 14_750, 16_500).every(({ action }) => action === 'slow')).toBe(true);
});
