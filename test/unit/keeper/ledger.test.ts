import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger } from '../../../lib/keeper/ledger.ts';

const file = (residentBytes: number | null, identity = '1:1', path = '/a') => ({
  path,
  identity,
  residentBytes,
});

test('what was resident and is no more is lost; of another file at the path nothing was', () => {
  const ledger = new Ledger();
  expect(ledger.observe('s', [file(100)])).toBe(0);
  expect(ledger.observe('s', [file(30)])).toBe(70);
  expect(ledger.observe('s', [file(0, '1:2')])).toBe(0);
  expect(ledger.ofFile('s', '/a')).toMatchObject({ lostBytes: 70 });
});

test('what is not known is neither lost nor kept', () => {
  const ledger = new Ledger();
  ledger.observe('s', [file(100)]);
  expect(ledger.observe('s', [file(null)])).toBe(0);
  expect(ledger.observe('s', [file(0)])).toBe(0);
});

test('a fill is charged to its files by bytes', () => {
  const ledger = new Ledger();
  ledger.observe('s', [file(0), file(0, '1:2', '/b')]);
  ledger.filled(
    's',
    [
      { ...file(30), readBytes: 30, lostBytes: 0 },
      { ...file(60, '1:2', '/b'), readBytes: 90, lostBytes: 30 },
    ],
    4,
  );
  expect(ledger.ofFile('s', '/a')).toEqual({ refilledBytes: 30, refillSeconds: 1, lostBytes: 0 });
  expect(ledger.ofFile('s', '/b')).toEqual({ refilledBytes: 90, refillSeconds: 3, lostBytes: 30 });
  expect(ledger.ofSet('s')).toEqual({ refilledBytes: 120, refillSeconds: 4, lostBytes: 30 });
  // What the fill itself lost is not lost a second time.
  expect(ledger.observe('s', [file(30), file(60, '1:2', '/b')])).toBe(0);
});

test('what was given back is not lost, and a set outlives its files', () => {
  const ledger = new Ledger();
  ledger.observe('s', [file(100)]);
  ledger.gaveBack('s', file(0));
  expect(ledger.observe('s', [file(0)])).toBe(0);
  ledger.observe('s', [file(10)]);
  ledger.observe('s', [file(0)]);
  ledger.observe('s', []);
  ledger.keepOnly([]);
  expect(ledger.ofSet('s')).toMatchObject({ lostBytes: 10 });
  expect(ledger.ofFile('s', '/a')).toMatchObject({ lostBytes: 0 });
});

test('the sum of a set is that of its files while none goes away', () => {
  const step = fc.record({ resident: fc.option(fc.nat(1_000)), read: fc.nat(1_000), lost: fc.nat(1_000) });
  fc.assert(
    fc.property(fc.array(fc.tuple(step, step), { maxLength: 20 }), (steps) => {
      const ledger = new Ledger();
      for (const [a, b] of steps) {
        const files = [file(a.resident), file(b.resident, '1:2', '/b')] as const;
        ledger.observe('s', files);
        const outcomes = [a, b].map(({ read, lost }, index) => ({
          ...(files[index] ?? files[0]),
          readBytes: read,
          lostBytes: lost,
        }));
        ledger.filled('s', outcomes, 1);
      }
      const [one, two, all] = [ledger.ofFile('s', '/a'), ledger.ofFile('s', '/b'), ledger.ofSet('s')];
      expect(all.refilledBytes).toBe(one.refilledBytes + two.refilledBytes);
      expect(all.lostBytes).toBe(one.lostBytes + two.lostBytes);
    }),
  );
});
