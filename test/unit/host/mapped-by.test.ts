import { stat } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitDevice } from '../../../lib/host/device-number.ts';
import { mappedBy, mappingKey, parseMappedFiles } from '../../../lib/host/mapped-by.ts';
import { fixtureRoot } from './fixture-root.ts';

const MAPS = `55d0c48c5000-55d0c48c7000 r--p 00000000 fe:00 260386                     /usr/bin/head
55d0c48c7000-55d0c48cd000 r-xp 00002000 fe:00 260386                     /usr/bin/head
7f0000000000-7f0040000000 r--s 00000000 103:1a 18446744073709551615      /models/a b (deleted)
7ffd0e2f0000-7ffd0e311000 rw-p 00000000 00:00 0                          [stack]
`;

test('files by filesystem device and inode, each once, all decimal', () => {
  expect([...parseMappedFiles(MAPS)]).toEqual(['254:0:260386', '259:26:18446744073709551615']);
});

test('a path that looks like a line of its own is only a path', () => {
  expect([...parseMappedFiles('1-2 r--p 0 fe:00 5 /a 3-4 r--p 0 fe:00 6\n')]).toEqual(['254:0:5']);
});

test('never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMappedFiles(text)));
});

test('names the processes, counts those it may not ask, ignores those that ended', async () => {
  const host = await fixtureRoot({
    '/proc/7/maps': MAPS,
    '/proc/7/comm': 'vllm\n',
    '/proc/12/maps': MAPS,
    '/proc/20/comm': 'ended\n',
    // A directory in the file's place fails with another errno than "gone", as EACCES would.
    '/proc/30/maps': null,
    '/proc/self/maps': MAPS,
  });
  const head = mappingKey({ major: 254, minor: 0 }, 260_386n);
  expect(await mappedBy([head, '1:1:1'], host)).toEqual({
    processes: new Map([
      [
        head,
        [
          { pid: 7, command: 'vllm' },
          { pid: 12, command: '' },
        ],
      ],
    ]),
    unreadable: 1,
  });
});

test('finds this very process at its executable', async () => {
  const { dev, ino } = await stat(process.execPath, { bigint: true });
  const key = mappingKey(splitDevice(dev), ino);
  const { processes } = await mappedBy([key]);
  expect(processes.get(key)?.map(({ pid }) => pid)).toContain(process.pid);
});
