import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommandLine, parseProcessStat, readProcesses } from '../../../lib/host/processes.ts';
import { fixtureRoot } from './fixture-root.ts';

const stat = (pid: number, command: string, parent: number, state = 'S') =>
  `${pid} (${command}) ${state} ${parent} 1 1 0`;

test('a name with blanks and brackets is read whole', () => {
  expect(parseProcessStat(stat(7, 'a) R 9 (b', 3))).toEqual({
    pid: 7,
    command: 'a) R 9 (b',
    state: 'S',
    parent: 3,
  });
  for (const text of ['', '7', '7 (x', '7 (x) S', 'x (x) S 1 1']) expect(parseProcessStat(text)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => void parseProcessStat(text)));
});

test('arguments end with a zero byte, also empty ones', () => {
  expect(parseCommandLine('')).toEqual([]);
  expect(parseCommandLine('a\0\0b c\0')).toEqual(['a', '', 'b c']);
  expect(parseCommandLine('rewritten title')).toEqual(['rewritten title']);
});

test('neither the caller, its ancestors, zombies nor the vanished are listed', async () => {
  const host = await fixtureRoot({
    '/proc/self/stat': stat(30, 'node', 20),
    '/proc/1/stat': stat(1, 'init', 0),
    '/proc/1/cmdline': 'init\0',
    '/proc/20/stat': stat(20, 'sh', 1),
    '/proc/20/cmdline': 'sh\0-c\0vmtouch -t /x; warmset doctor\0',
    '/proc/30/stat': stat(30, 'node', 20),
    '/proc/30/cmdline': 'node\0',
    '/proc/31/stat': stat(31, 'gone', 1),
    '/proc/32/stat': stat(32, 'zombie', 1, 'Z'),
    '/proc/32/cmdline': '',
    '/proc/33': null,
    '/proc/9/stat': stat(9, 'kthread', 2),
    '/proc/9/cmdline': '',
    '/proc/40/stat': stat(40, 'vllm', 20),
    '/proc/40/cmdline': 'vllm\0serve\0',
    '/proc/version': 'Linux',
  });
  expect(await readProcesses(host)).toEqual({
    processes: [
      { pid: 9, parent: 2, command: 'kthread', args: [] },
      { pid: 40, parent: 20, command: 'vllm', args: ['vllm', 'serve'] },
    ],
    unread: 0,
  });
});

test('the scan is bounded, in processes and in what it reads of each', async () => {
  const host = await fixtureRoot({
    '/proc/5/stat': stat(5, 'big', 1),
    '/proc/5/cmdline': `big\0${'x'.repeat(200_000)}\0`,
    '/proc/6/stat': stat(6, 'b', 1),
    '/proc/6/cmdline': 'b\0',
  });
  const scan = await readProcesses({ ...host, mostProcesses: 1 });
  expect(scan?.unread).toBe(1);
  expect(scan?.processes).toHaveLength(1);
  expect(scan?.processes[0]?.args.join('').length).toBeLessThanOrEqual(65_536);
});

test('no /proc is null; here there are processes and this one is not among them', async () => {
  expect(await readProcesses(await fixtureRoot({ '/etc': null }))).toBeNull();
  const scan = await readProcesses();
  const pids = scan?.processes.map(({ pid }) => pid);
  expect(pids).not.toContain(process.pid);
  expect(pids).not.toContain(process.ppid);
});
