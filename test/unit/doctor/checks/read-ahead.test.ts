import { expect, test } from 'vitest';
import { checkReadAhead } from '../../../../lib/doctor/checks/read-ahead.ts';
import { filesystem, GIB, readings, setOf } from '../healthy.ts';

function check(kib: number | null, name = 'xfs') {
  const readAhead = kib === null ? null : { kib, file: '/sys/block/sda/queue/read_ahead_kb' };
  return checkReadAhead(readings({ set: setOf(GIB, { filesystems: [filesystem({ name, readAhead })] }) }));
}

test.each([
  [8192, 'ok'],
  [2048, 'ok'],
  [2047, 'note'],
  [128, 'note'],
  [0, 'warning'],
] as const)('%d KiB: %s', (kib, level) => {
  expect(check(kib)).toMatchObject([{ id: 'read-ahead', level }]);
});

test('the command is exact and its price is named', () => {
  const [finding] = check(128);
  expect(finding?.remedy).toMatch(/^echo 2048 > \/sys\/block\/sda\/queue\/read_ahead_kb \(trade-off/);
  expect(finding?.remedy).toContain('KERNEL=="sda", ATTR{queue/read_ahead_kb}="2048"');
  expect(finding?.evidence).toContain('is 128');
  expect(finding?.evidence).toMatch(/measured to take up to \d+ times as long/);
});

test('unreadable is a note, absent by nature is nothing', () => {
  expect(check(null)).toMatchObject([{ level: 'note', remedy: null }]);
  expect(check(null, 'nfs')).toMatchObject([{ level: 'note' }]);
  expect(check(null, 'tmpfs')).toEqual([]);
});

test('a disk under two mounts is told once', () => {
  const set = setOf(GIB, { filesystems: [filesystem(), filesystem({ mountPoint: '/other' })] });
  expect(checkReadAhead(readings({ set }))).toHaveLength(1);
});
