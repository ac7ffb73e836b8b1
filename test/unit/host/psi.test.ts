import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePressure, readCgroupPressure, readPressure } from '../../../lib/host/psi.ts';
import { fixtureRoot } from './fixture-root.ts';

const SOME = 'some avg10=0.41 avg60=12.50 avg300=100.00 total=6397630';
const FULL = 'full avg10=0.00 avg60=0.00 avg300=0.07 total=18';

test('percentages become exact ratios', () => {
  expect(parsePressure(`${SOME}\n${FULL}\n`)).toEqual({
    some: { avg10: 0.0041, avg60: 0.125, avg300: 1, totalUs: 6_397_630 },
    full: { avg10: 0, avg60: 0, avg300: 0.0007, totalUs: 18 },
  });
});

test('cpu before 5.13 has no full line', () => {
  expect(parsePressure(`${SOME}\n`)).toMatchObject({ some: { avg300: 1 }, full: null });
});

test.each([
  '',
  '\n',
  'some',
  'some avg10=x avg60=0.00 avg300=0.00 total=1',
  SOME.replace('100.00', '100.01'),
])('%j is no reading', (text) => {
  expect(parsePressure(text)).toBeNull();
});

test('never throws and never leaves 0 to 1', () => {
  const number = fc.stringMatching(/^\d{1,4}\.\d{1,3}$/);
  fc.assert(fc.property(fc.string(), (text) => void parsePressure(text)));
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const some = parsePressure(`some avg10=${a} avg60=${b} avg300=${c} total=1`)?.some;
      if (some) expect(Math.max(some.avg10, some.avg60, some.avg300)).toBeLessThanOrEqual(1);
    }),
  );
});

test('absent and empty files are null; a cgroup has its own', async () => {
  const host = await fixtureRoot({
    '/proc/pressure/io': SOME,
    '/proc/pressure/cpu': '',
    '/sys/fs/cgroup/app/memory.pressure': FULL,
  });
  expect(await readPressure('io', host)).toMatchObject({ some: { avg10: 0.0041 } });
  expect(await readPressure('cpu', host)).toBeNull();
  expect(await readPressure('memory', host)).toBeNull();
  expect(await readCgroupPressure('/sys/fs/cgroup/app', 'memory', host)).toMatchObject({
    full: { totalUs: 18 },
  });
  expect(await readCgroupPressure('/sys/fs/cgroup/app', 'io', host)).toBeNull();
});
