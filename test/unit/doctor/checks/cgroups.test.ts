import { expect, test } from 'vitest';
import { checkCgroups } from '../../../../lib/doctor/checks/cgroups.ts';
import type { CgroupMemory } from '../../../../lib/host/index.ts';
import { cgroup, cgroups, GIB, readings, setOf } from '../healthy.ts';

const check = (size: number, ...found: CgroupMemory[]) =>
  checkCgroups(readings({ set: setOf(size), cgroups: cgroups(...found) }));

test('what fits exactly is ok', () => {
  const [finding, ...rest] = check(3 * GIB, cgroup());
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({
    id: 'cgroup-limit',
    level: 'ok',
    title: 'The tightest cgroup limit leaves 3.00 GiB',
  });
});

test('a byte more is a problem, with the command that mends it', () => {
  const [finding] = check(3 * GIB + 1, cgroup());
  expect(finding).toMatchObject({ id: 'cgroup-limit', level: 'problem' });
  // In use beyond what can be dropped: 1 GiB.
  expect(finding?.remedy).toContain(`echo ${4 * GIB + 1} > /sys/fs/cgroup/pod/memory.max`);
  expect(finding?.evidence).toContain('charged to the cgroup of whoever reads it first');
});

test('every level that is short is mended', () => {
  const above = cgroup({ path: '/sys/fs/cgroup', limitFile: 'memory.high' });
  const [finding] = check(8 * GIB, cgroup({ limit: 5 * GIB }), above);
  expect(finding?.title).toContain('leaves 3.00 GiB');
  expect(finding?.remedy).toContain('/sys/fs/cgroup/pod/memory.max && echo');
  expect(finding?.remedy).toContain('/sys/fs/cgroup/memory.high');
});

test('an ancestor out of sight has no file to write to', () => {
  const [finding] = check(8 * GIB, cgroup({ version: 1, limitFile: 'hierarchical_memory_limit' }));
  expect(finding?.remedy).toMatch(/^raise the limit of a cgroup above/);
  expect(finding?.remedy).not.toContain('echo');
});

test('no limit is ok, an unknown one a note', () => {
  expect(check(GIB, cgroup({ limit: null, limitFile: null }))[0]).toMatchObject({ level: 'ok' });
  const of = (state: 'none' | 'unknown') =>
    checkCgroups(readings({ cgroups: { state, reason: 'Because' } }))[0];
  expect(of('none')).toMatchObject({ level: 'ok', evidence: 'Because.' });
  expect(of('unknown')).toMatchObject({ level: 'note' });
  const blind = check(GIB, cgroup({ current: null, reclaimableFile: 0 }));
  expect(blind).toMatchObject([{ level: 'note' }]);
  expect(blind[0]?.evidence).toContain("its use can't be read");
});
