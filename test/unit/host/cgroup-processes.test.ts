import { expect, test } from 'vitest';
import { readCgroupProcesses } from '../../../lib/host/cgroup-processes.ts';
import { fixtureRoot } from './fixture-root.ts';

const POD = '/sys/fs/cgroup/pod';

test('those of the cgroup and of all below it, each once', async () => {
  const host = await fixtureRoot({
    [`${POD}/cgroup.procs`]: '',
    [`${POD}/a/cgroup.procs`]: '11\n12\n',
    [`${POD}/a/deep/cgroup.procs`]: '13\n12\n',
    [`${POD}/b/cgroup.procs`]: '14\n',
    [`${POD}/b/memory.stat`]: '',
    '/sys/fs/cgroup/other/cgroup.procs': '99\n',
  });
  const found = await readCgroupProcesses(POD, host);
  expect(found?.pids.toSorted()).toEqual([11, 12, 13, 14]);
  expect(found?.incomplete).toBe(false);
});

test('one outside of our PID namespace is known to be missing', async () => {
  const host = await fixtureRoot({ [`${POD}/cgroup.procs`]: '0\n7\ngarbage\n' });
  expect(await readCgroupProcesses(POD, host)).toEqual({ pids: [7], incomplete: true });
});

test('more than can be looked at are cut', async () => {
  const many = Array.from({ length: 5000 }, (_, at) => at + 1).join('\n');
  const host = await fixtureRoot({ [`${POD}/cgroup.procs`]: many });
  const found = await readCgroupProcesses(POD, host);
  expect(found?.pids).toHaveLength(4096);
  expect(found?.incomplete).toBe(true);
});

test('no cgroup is no empty cgroup', async () => {
  const host = await fixtureRoot({ [POD]: null, [`${POD}-empty/cgroup.procs`]: '' });
  expect(await readCgroupProcesses(POD, host)).toBeNull();
  expect(await readCgroupProcesses(`${POD}-empty`, host)).toEqual({ pids: [], incomplete: false });
});
