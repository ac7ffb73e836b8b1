import { expect, test } from 'vitest';
import { checkFolios } from '../../../../lib/doctor/checks/folios.ts';
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
