import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseCgroupStat,
  parseV1Limit,
  parseV2Limit,
  reclaimableFileBytes,
} from '../../../lib/host/cgroup-memory-files.ts';

const NONE = { bytes: null, file: null };

test.each([
  ['max\n', 'max\n', NONE],
  ['max', null, NONE],
  ['4096\n', 'max\n', { bytes: 4096, file: 'memory.max' }],
  ['max\n', '4096\n', { bytes: 4096, file: 'memory.high' }],
  ['8192', '4096', { bytes: 4096, file: 'memory.high' }],
  ['4096', '8192', { bytes: 4096, file: 'memory.max' }],
  ['4096', '4096', { bytes: 4096, file: 'memory.max' }],
  ['0', 'max', { bytes: 0, file: 'memory.max' }],
  ['4096', 'junk', { bytes: 4096, file: 'memory.max' }],
  ['junk', '4096', null],
  ['', '', null],
])('v2: memory.max %j with memory.high %j', (max, high, limit) => {
  expect(parseV2Limit(max, high)).toEqual(limit);
});

test.each([
  // PAGE_COUNTER_MAX with pages of 4 and of 64 KiB.
  ['9223372036854771712\n', NONE],
  ['9223372036854710272\n', NONE],
  ['-1', NONE],
  ['268435456\n', { bytes: 268_435_456, file: 'memory.limit_in_bytes' }],
  ['0', { bytes: 0, file: 'memory.limit_in_bytes' }],
  ['max', null],
  ['', null],
])('v1: memory.limit_in_bytes %j', (text, limit) => {
  expect(parseV1Limit(text)).toEqual(limit);
});

test('v1: a lower limit of an ancestor out of sight counts, an equal or higher one does not', () => {
  expect(parseV1Limit('8192', 4096)).toEqual({ bytes: 4096, file: 'hierarchical_memory_limit' });
  expect(parseV1Limit('8192', 8192)).toEqual({ bytes: 8192, file: 'memory.limit_in_bytes' });
  expect(parseV1Limit('9223372036854771712', 4096)).toEqual({
    bytes: 4096,
    file: 'hierarchical_memory_limit',
  });
  expect(parseV1Limit('4096', 2 ** 63)).toEqual({
    bytes: 4096,
    file: 'memory.limit_in_bytes',
  });
});

const V1_STAT = `inactive_file 4096
active_file 8192
dirty 1024
writeback 512
unevictable 999424
total_inactive_file 409600
total_active_file 819200
total_dirty 1000
total_writeback 200
total_unevictable 999424
`;

test('v1: the total counters less what must be written first; locked pages are on no file list', () => {
  expect(reclaimableFileBytes(parseCgroupStat(V1_STAT), 1)).toBe(409_600 + 819_200 - 1200);
});

test('v1: the plain counters without use_hierarchy, and where no totals are printed', () => {
  expect(reclaimableFileBytes(parseCgroupStat(V1_STAT), 1, false)).toBe(4096 + 8192 - 1536);
  expect(reclaimableFileBytes(parseCgroupStat(V1_STAT.replace(/^total_.*\n/gm, '')), 1)).toBe(
    4096 + 8192 - 1536,
  );
});

test('v2: its own names for dirty pages', () => {
  const stat = parseCgroupStat(
    'inactive_file 8192\nactive_file 4096\nfile_dirty 1000\nfile_writeback 24\ndirty 9\n',
  );
  expect(reclaimableFileBytes(stat, 2)).toBe(8192 + 4096 - 1024);
});

test('never below 0, and 0 where nothing is told', () => {
  expect(reclaimableFileBytes(parseCgroupStat('inactive_file 1\nfile_dirty 5'), 2)).toBe(0);
  expect(reclaimableFileBytes(parseCgroupStat(''), 1)).toBe(0);
});

test('a garbled stat line is passed over', () => {
  expect([...parseCgroupStat('a 1\nb\nc x\nd 1 2\n 5\ne -1\nf 2\n')]).toEqual([
    ['a', 1],
    ['f', 2],
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(reclaimableFileBytes(parseCgroupStat(text), 1)).toBeGreaterThanOrEqual(0);
      parseV1Limit(text);
      parseV2Limit(text, text);
    }),
  );
});
