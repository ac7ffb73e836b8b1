import { expect, test } from 'vitest';
import { parseCgroupEvents, readCgroupEvents } from '../../../lib/host/cgroup-events.ts';
import { fixtureRoot } from './fixture-root.ts';

const V2 = 'anon 1\npgmajfault 9\nworkingset_refault_anon 3\nworkingset_refault_file 4\n';

test('v2 counts each kind once', () => {
  expect(parseCgroupEvents(V2)).toEqual({ refaultedFilePages: 4, majorFaults: 9 });
});

test('before 5.9 refaults of all kinds are one counter', () => {
  expect(parseCgroupEvents('workingset_refault 4\n')).toEqual({ refaultedFilePages: 4, majorFaults: null });
});

test('v1 counts the cgroups below in its total', () => {
  const text =
    'pgmajfault 1\nworkingset_refault_file 2\ntotal_pgmajfault 10\ntotal_workingset_refault_file 20\n';
  expect(parseCgroupEvents(text)).toEqual({ refaultedFilePages: 20, majorFaults: 10 });
});

test('reads below the root; an absent file is unknown', async () => {
  const host = await fixtureRoot({ '/sys/fs/cgroup/app/memory.stat': V2 });
  expect(await readCgroupEvents('/sys/fs/cgroup/app', host)).toEqual({
    refaultedFilePages: 4,
    majorFaults: 9,
  });
  expect(await readCgroupEvents('/sys/fs/cgroup', host)).toEqual({
    refaultedFilePages: null,
    majorFaults: null,
  });
});
