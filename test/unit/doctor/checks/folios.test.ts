import { expect, test } from 'vitest';
import { checkFolios } from '../../../../lib/doctor/checks/folios.ts';
import { isSmall } from '../../../../lib/doctor/gather-folios.ts';
import type { Readings } from '../../../../lib/doctor/index.ts';
import { filesystem, GIB, native, readings, setOf } from '../healthy.ts';

test.each([
  ['always', 'ok', null],
  ['madvise', 'ok', null],
  ['never', 'warning', 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled'],
  [null, 'note', null],
] as const)('huge pages %s: %s', (hugePages, level, remedy) => {
  expect(checkFolios(readings({ hugePages }))).toMatchObject([{ id: 'huge-pages', level, remedy }]);
});

test.each([
  ['xfs', '6.18.0', 'ok'],
  ['xfs', '5.17.9', 'note'],
  ['ext4', '6.16.0', 'ok'],
  ['ext4', '6.15.11', 'note'],
  ['ext4', 'weird', 'note'],
  ['btrfs', '6.18.0', 'note'],
  ['f2fs', '6.18.0', 'note'],
] as const)('%s on %s: %s', (name, kernelRelease, level) => {
  const set = setOf(GIB, { filesystems: [filesystem({ name })] });
  const findings = checkFolios(readings({ set, native: native({ kernelRelease }) }));
  expect(findings[1]).toMatchObject({ id: 'large-folios', level });
});

test('what is not known to matter is passed over', () => {
  for (const name of ['nfs', 'tmpfs', 'overlayfs', null]) {
    expect(checkFolios(readings({ set: setOf(GIB, { filesystems: [filesystem({ name })] }) }))).toHaveLength(
      1,
    );
  }
});

const layout = (small: number, estimated = false) => ({
  known: 3,
  small,
  example: small > 0 ? '/models/a' : null,
  estimated,
});

function cached(folios: ReturnType<typeof layout> | null, name = 'xfs', changes: Partial<Readings> = {}) {
  const set = setOf(GIB, { filesystems: [filesystem({ name, folios })] });
  return checkFolios(readings({ set, ...changes })).filter(({ id }) => id === 'cached-folios');
}

test('files in small folios where large ones can be had are a warning with a remedy', () => {
  expect(cached(layout(2))).toMatchObject([
    {
      level: 'warning',
      title: '2 cached files of 3 in small folios, although large ones can be had',
      evidence: expect.stringMatching(/kpageflags: \/models\/a and others\. .* times as long/),
      remedy: expect.stringMatching(/^warmset evict .* && warmset warm /),
    },
  ]);
  expect(cached(layout(1, true))[0]?.evidence).toContain('by the time that cachestat takes: /models/a.');
  expect(cached(layout(0))).toMatchObject([{ level: 'ok' }]);
});

test('nothing is said of what lies in the cache where nothing is known, or no better could be had', () => {
  expect(cached(null)).toEqual([]);
  expect(cached({ ...layout(0), known: 0 })).toEqual([]);
  expect(cached(layout(2), 'f2fs')).toEqual([]);
  expect(cached(layout(2), 'overlayfs')).toEqual([]);
  expect(cached(layout(2), 'ext4', { native: native({ kernelRelease: '6.15.0' }) })).toEqual([]);
  expect(cached(layout(2), 'xfs', { hugePages: 'never' })).toEqual([]);
});

const file = { path: '/m', dev: 1n, ino: 1n, size: GIB };

test.each([
  [true, { 4096: 6, 65536: 5 }],
  [false, { 4096: 5, 65536: 5 }],
  [false, { 4096: 1, 2097152: 99 }],
  [true, { 32768: 1 }],
  [null, {}],
] as const)('small: %s for %j', (small, sizes) => {
  const folios = Object.entries(sizes).map(([folioBytes, bytes]) => ({
    folioBytes: Number(folioBytes),
    bytes,
  }));
  expect(isSmall({ file, state: 'counted', source: 'kpageflags', folios, sampledShare: 1 })).toBe(small);
});

test.each([
  ['small', true],
  ['mixed', false],
  ['large', false],
] as const)('an estimate of %s is small: %s', (verdict, small) => {
  const estimate = {
    file,
    state: 'estimated',
    source: 'cachestat-timing',
    method: '',
    sampledShare: 1,
  } as const;
  expect(isSmall({ ...estimate, verdict })).toBe(small);
});
