import { expect, it } from 'vitest';
import { parseOpenFile, readOpenFiles, readProcessTree } from '../../../lib/host/index.ts';
import { fixtureRoot } from './fixture-root.ts';

const stat = (pid: number, state = 'S'): string => `${pid} (a (b) c) ${state} 1 1 1`;

it('lists a process and its descendants, of every thread, without those that ended', async () => {
  const host = await fixtureRoot({
    '/proc/10/stat': stat(10),
    '/proc/10/task/10/children': '11 12 ',
    '/proc/10/task/15/children': '13 ',
    '/proc/11/stat': stat(11, 'Z'),
    '/proc/12/stat': stat(12),
    '/proc/12/task/12/children': '14 ',
    '/proc/13/stat': stat(13),
    '/proc/13/task/13/children': '',
    '/proc/14/stat': stat(14),
  });
  expect([...(await readProcessTree(10, host))].sort()).toEqual([10, 12, 13, 14]);
  expect(await readProcessTree(99, host)).toEqual([]);
});

it('lists the process alone where the kernel does not tell its children', async () => {
  const host = await fixtureRoot({ '/proc/10/stat': stat(10), '/proc/10/task/10/stat': stat(10) });
  expect(await readProcessTree(10, host)).toEqual([10]);
});

it('reads inode and offset of descriptors', async () => {
  const text = 'pos:\t4096\nflags:\t0100000\nmnt_id:\t27\nino:\t18446744073709551615\n';
  expect(parseOpenFile(3, text)).toEqual({ descriptor: 3, ino: 18446744073709551615n, position: 4096 });
  expect(parseOpenFile(3, 'pos:\t0\nflags:\t0100000\nmnt_id:\t27\n')).toBeNull();
  const host = await fixtureRoot({ '/proc/10/fdinfo/3': text, '/proc/10/fdinfo/10': '' });
  expect(await readOpenFiles(10, host)).toEqual([parseOpenFile(3, text)]);
  expect(await readOpenFiles(11, host)).toBeNull();
});
