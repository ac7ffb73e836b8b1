import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInventory, writeInventory } from '../../../../lib/storage/footprint/index.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { anyInventory, HEX, inventoryOf, made } from './made.ts';

const FAILURE = { node: 'a', path: '/x\ny', code: 'EIO', message: 'no' };

test('what is written is read again, whatever it is', async () => {
  await using directory = await temporaryDirectory();
  const file = directory.file('node.json');
  await fc.assert(
    fc.asyncProperty(anyInventory, async (inventory) => {
      const whole = { ...inventory, failures: [FAILURE] };
      await writeInventory(file, whole);
      expect(await readInventory(file)).toEqual(whole);
    }),
    { numRuns: 20 },
  );
  expect(await readdir(directory.path)).toEqual(['node.json']);
});

const [HEADER = '', FILE = '', END = ''] = [
  { schema: 'warmset.footprintInventory/1', takenAtMs: 1, nodes: ['a'], leastBytes: 1, roots: [] },
  { file: made({ hash: { hex: HEX('a'), from: 'name' }, shared: [[0, 1]] }) },
  { end: 1 },
].map((line) => JSON.stringify(line));

test.each([
  ['nothing', '', 'it is empty'],
  ['something else', 'hello\n', "line 1 isn't JSON"],
  ['another document', '{"schema":"warmset.status/1"}\n', 'line 1 is no header'],
  ['a later version', `${HEADER.replace('/1', '/2')}\n`, 'line 1 is no header'],
  ['a header alone', `${HEADER}\n`, 'its end is missing'],
  ['a cut file', `${HEADER}\n${FILE}\n`, 'its end is missing'],
  ['a file cut in a line', `${HEADER}\n${FILE.slice(0, 40)}`, "line 2 isn't JSON"],
  ['a record too few', `${HEADER}\n${END}\n`, 'line 2 counts other records'],
  ['more behind the end', `${HEADER}\n${FILE}\n${END}\n${FILE}\n`, 'line 4 stands behind the end'],
  [
    'a negative size',
    `${HEADER}\n${FILE.replace('"size":1000', '"size":-1')}\n${END}\n`,
    "line 2 isn't a record",
  ],
  [
    'a size past 2^53',
    `${HEADER}\n${FILE.replace('"size":1000', '"size":1e300')}\n`,
    "line 2 isn't a record",
  ],
  ['a hash that is none', `${HEADER}\n${FILE.replace(HEX('a'), 'a')}\n`, "line 2 isn't a record"],
  ['an extent that is none', `${HEADER}\n${FILE.replace('[[0,1]]', '[[0]]')}\n`, "line 2 isn't a record"],
  [
    'a field too many',
    `${HEADER}\n${FILE.replace('"size"', '"__proto__":1,"x":1,"size"')}\n`,
    "line 2 isn't a record",
  ],
  ['no names', `${HEADER}\n${FILE.replace('"names":1', '"names":0')}\n`, "line 2 isn't a record"],
  ['a list', '[]\n', 'line 1 is no header'],
  ['one endless line', `${' '.repeat((4 << 20) + 70_000)}`, 'a line of it is too long'],
])('%s is refused', async (_what, text, why) => {
  await using directory = await temporaryDirectory();
  const file = directory.file('node.json');
  await writeFile(file, text);
  await expect(readInventory(file)).rejects.toMatchObject({
    code: 'WARMSET_BAD_INVENTORY',
    message: expect.stringContaining(why),
    subject: file,
  });
});

test('a good one with these lines is read', async () => {
  await using directory = await temporaryDirectory();
  const file = directory.file('node.json');
  await writeFile(file, `${HEADER}\n${FILE}\n${END}`);
  expect(await readInventory(file)).toMatchObject({ files: [{ ino: '1' }] });
});

test('what can’t be written leaves nothing beside it', async () => {
  await using directory = await temporaryDirectory();
  await expect(
    writeInventory(join(directory.path, 'no', 'node.json'), inventoryOf([])),
  ).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await writeInventory(directory.file('a.json'), inventoryOf([]));
  expect((await readFile(directory.file('a.json'), 'utf8')).split('\n')).toHaveLength(3);
});
