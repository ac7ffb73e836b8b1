import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseDiskstats,
  parseReadCounters,
  readDiskstats,
  readReadCounters,
} from '../../../lib/host/diskstats.ts';
import { fixtureRoot } from './fixture-root.ts';

const OLD = '   8       1 sda1 100 5 2048 340 60 7 512 90 3 400 430';
const DISCARDS = `${OLD.replace('sda1', 'sda2').replace('  1 ', '  2 ')} 1 2 3 4`;
const FLUSHES =
  ' 259       0 nvme0n1 1197211 6255 17314222 362182 23796 4165 6816262 15769 0 158792 381939 0 0 0 0 12 3';

test('reads are found by device number, whatever later kernels append', () => {
  const disks = parseDiskstats(`${OLD}\n${DISCARDS}\n${FLUSHES}\n`);
  const sda = { major: 8, readsCompleted: 100, sectorsRead: 2048, msReading: 340, requestsInFlight: 3 };
  expect(Object.fromEntries(disks)).toEqual({
    '8:1': { ...sda, minor: 1, name: 'sda1' },
    '8:2': { ...sda, minor: 2, name: 'sda2' },
    '259:0': {
      major: 259,
      minor: 0,
      name: 'nvme0n1',
      readsCompleted: 1_197_211,
      sectorsRead: 17_314_222,
      msReading: 362_182,
      requestsInFlight: 0,
    },
  });
  const later = parseDiskstats(`${FLUSHES} 77 a-word\n`);
  expect(later.get('259:0')).toEqual(disks.get('259:0'));
});

test.each([
  '',
  '8 0 sda',
  '   8       1 sda1 100 5 2048 340',
  OLD.replace('2048', '-2048'),
  OLD.replace(' 100 ', ' 99999999999999999999 '),
  OLD.replace('   8  ', '   x  '),
])('%j is no device, and takes none along', (line) => {
  expect([...parseDiskstats(`${line}\n${FLUSHES}`).keys()]).toEqual(['259:0']);
});

test('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseDiskstats(text)));
});

test('reads below the root; an absent file has no devices', async () => {
  const host = await fixtureRoot({ '/proc/diskstats': OLD });
  expect([...(await readDiskstats(host)).keys()]).toEqual(['8:1']);
  expect((await readDiskstats(await fixtureRoot({}))).size).toBe(0);
});

test('the running kernel is understood', async () => {
  expect((await readDiskstats()).size).toBeGreaterThan(0);
});

test('one device tells its own counters, in the same order', async () => {
  const stat = '  71    2   4096      33   5 1 80 9 0 40 42 0 0 0 0 0 0\n';
  const host = await fixtureRoot({ '/sys/dev/block/8:1/stat': stat });
  expect(await readReadCounters(8, 1, host)).toEqual({
    readsCompleted: 71,
    sectorsRead: 4096,
    msReading: 33,
  });
  expect(await readReadCounters(8, 2, host)).toBeNull();
  expect(await readReadCounters(0, 35, host)).toBeNull();
  expect(parseReadCounters('1 2 3')).toBeNull();
});
