import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVmstat, readVmstat } from '../../../lib/host/vmstat.ts';
import { fixtureRoot } from './fixture-root.ts';

const TEXT = `nr_free_pages 4567
pswpin 12
pswpout 13
pgmajfault 1188895
workingset_refault_anon 5
workingset_refault_file 2898554
`;

test('the counters are found among the others', () => {
  expect(parseVmstat(TEXT)).toEqual({
    swapInPages: 12,
    refaultedFilePages: 2_898_554,
    majorFaults: 1_188_895,
  });
});

test('before 5.9 refaults of all kinds are one counter', () => {
  const old = TEXT.replace(/^workingset_refault_anon.*\n/m, '').replace(
    'workingset_refault_file',
    'workingset_refault',
  );
  expect(parseVmstat(old).refaultedFilePages).toBe(2_898_554);
});

test.each(['', 'pswpin', 'pswpin x', 'pswpin -1', 'pswpin 1 2', 'pswpin 99999999999999999999'])(
  'from %j nothing is known',
  (text) => {
    expect(parseVmstat(text)).toEqual({ swapInPages: null, refaultedFilePages: null, majorFaults: null });
  },
);

test('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseVmstat(text)));
});

test('reads below the root; an absent file is unknown throughout', async () => {
  expect((await readVmstat(await fixtureRoot({ '/proc/vmstat': TEXT }))).swapInPages).toBe(12);
  expect(new Set(Object.values(await readVmstat(await fixtureRoot({}))))).toEqual(new Set([null]));
});

test('the running kernel is understood', async () => {
  expect((await readVmstat()).majorFaults).toBeGreaterThan(0);
});
