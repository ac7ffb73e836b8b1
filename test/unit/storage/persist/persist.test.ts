import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fstabLine, mountUnit } from '../../../../lib/storage/persist/mount-unit.ts';
import { mountUnitName } from '../../../../lib/storage/persist/unit-escape.ts';
import { itWith, systemd } from '../../../support/capabilities.ts';

const MOUNT = {
  type: 'overlay',
  source: 'warmset-overlay',
  at: '/srv/a b',
  options: ['lowerdir=/l\\:1', 'index=off'],
  needs: ['/l:1', '/50%'],
};

itWith(systemd, 'names mount units as systemd does', () => {
  const part = fc
    .string({ unit: fc.constantFrom(...'ab-_.:\\%, ü"\'#'), minLength: 1, maxLength: 8 })
    .filter((text) => text !== '.' && text !== '..');
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  const paths = [
    ...fc.sample(path, { numRuns: 200, seed: 7 }),
    '/',
    '/home/x/spark-vllm-docker/cache',
    '/.hidden/a b',
  ];
  const told = spawnSync('systemd-escape', ['--path', '--suffix=mount', '--', ...paths], {
    encoding: 'utf8',
  });
  expect(told.stdout.trimEnd().split(' ')).toEqual(paths.map(mountUnitName));
});

it('writes units with specifiers and quotes escaped', () => {
  const unit = mountUnit(MOUNT);
  expect(unit).toContain('\nRequiresMountsFor="/l:1" "/50%%"\n');
  expect(unit).toContain('\nWhere=/srv/a b\n');
  expect(unit).toContain('\nOptions=lowerdir=/l\\:1,index=off\n');
  expect(mountUnit({ ...MOUNT, type: 'bind', source: '/x', options: [] })).toContain(
    '\nType=none\nOptions=bind\n',
  );
});

it('writes lines of fstab with octal escapes, that never hold up a boot', () => {
  expect(fstabLine(MOUNT)).toBe(
    'warmset-overlay /srv/a\\040b overlay lowerdir=/l\\134:1,index=off,nofail,x-systemd.requires-mounts-for=/l:1,x-systemd.requires-mounts-for=/50% 0 0',
  );
  expect(fstabLine({ ...MOUNT, type: 'bind', source: '/x', options: ['ro'] })).toMatch(
    /^\/x \/srv\/a\\040b none bind,ro,nofail,/,
  );
});

it.each(['/a\nb', '/a ', '/a\\'])('refuses %j', (at) => {
  expect(() => mountUnit({ ...MOUNT, at })).toThrow(
    expect.objectContaining({ code: 'WARMSET_STORAGE', subject: at }),
  );
  expect(() => fstabLine({ ...MOUNT, at })).toThrow(/unit/);
});
