import { expect, test } from 'vitest';
import { parseMeminfo, readMeminfo } from '../../../lib/host/meminfo.ts';
import { fixtureRoot } from './fixture-root.ts';

const TEXT = `MemTotal:       24684100 kB
MemFree:        24398356 kB
MemAvailable:   24355576 kB
Buffers:            1804 kB
Cached:            99972 kB
SwapCached:            7 kB
Active(file):      25564 kB
Inactive(file):    67488 kB
Unevictable:       13168 kB
Mlocked:           12340 kB
SwapTotal:             0 kB
SwapFree:              0 kB
Dirty:               148 kB
Writeback:             4 kB
Mapped:            10612 kB
Shmem:              8724 kB
HugePages_Total:       3
`;

test('kibibytes become bytes', () => {
  expect(parseMeminfo(TEXT)).toEqual({
    memTotal: 24_684_100 * 1024,
    memFree: 24_398_356 * 1024,
    memAvailable: 24_355_576 * 1024,
    buffers: 1804 * 1024,
    cached: 99_972 * 1024,
    activeFile: 25_564 * 1024,
    inactiveFile: 67_488 * 1024,
    unevictable: 13_168 * 1024,
    mlocked: 12_340 * 1024,
    swapTotal: 0,
    swapFree: 0,
    dirty: 148 * 1024,
    writeback: 4096,
    mapped: 10_612 * 1024,
    shmem: 8724 * 1024,
  });
});

test('MemAvailable is null on a kernel without it (before 3.14), not derived from the others', () => {
  const old = parseMeminfo(TEXT.replace(/^MemAvailable.*\n/m, ''));
  expect(old.memAvailable).toBeNull();
  expect(old.memFree).toBe(24_398_356 * 1024);
});

test.each([
  'MemTotal: lots kB',
  'MemTotal: 12',
  'MemTotal: -5 kB',
  'MemTotal: 99999999999999999999 kB',
  '\0',
])('a garbled line (%j) is unknown', (text) => {
  expect(parseMeminfo(text).memTotal).toBeNull();
});

test('reads below the root, and an absent file is unknown throughout', async () => {
  expect((await readMeminfo(await fixtureRoot({ '/proc/meminfo': TEXT }))).memTotal).toBe(24_684_100 * 1024);
  expect(new Set(Object.values(await readMeminfo(await fixtureRoot({}))))).toEqual(new Set([null]));
});

test('the running kernel is understood', async () => {
  const { memTotal, memAvailable } = await readMeminfo();
  expect(memTotal).toBeGreaterThan(2 ** 20);
  expect(memAvailable).toBeGreaterThan(0);
});
