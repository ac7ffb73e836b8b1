import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseMajorFaults,
  parseProcessIo,
  parseStartTicks,
  readProcessIo,
} from '../../../lib/host/process-io.ts';
import { fixtureRoot } from './fixture-root.ts';

const IO = `rchar: 6976
wchar: 1
syscr: 10
syscw: 0
read_bytes: 4096
write_bytes: 0
cancelled_write_bytes: 0
`;
const STAT = '19488 (a) b (c) R 19469 19469 26517 0 -1 4194304 102 5 77 6 0 0 0 0 20 0 1 0 1303492';

test('what calls asked for and what devices gave are two numbers', () => {
  expect(parseProcessIo(IO)).toEqual({ readCallBytes: 6976, readBytes: 4096 });
  expect(parseProcessIo(IO.replace('6976', '-1'))).toEqual({ readCallBytes: null, readBytes: 4096 });
  expect(parseProcessIo('')).toEqual({ readCallBytes: null, readBytes: null });
});

test('major faults stand behind a name that may hold brackets and blanks', () => {
  expect(parseMajorFaults(STAT)).toBe(77);
  expect(parseMajorFaults(STAT.replace('a) b (c', 'python3'))).toBe(77);
  expect(parseMajorFaults(STAT.replace(' 77 ', ' x '))).toBeNull();
  expect(parseMajorFaults('19488 (cat) R 1')).toBeNull();
  expect(parseMajorFaults('')).toBeNull();
});

test('the start is told in ticks since boot', () => {
  expect(parseStartTicks(STAT)).toBe(1_303_492);
  expect(parseStartTicks(STAT.replace('a) b (c', 'python3'))).toBe(1_303_492);
  expect(parseStartTicks('19488 (cat) R 1')).toBeNull();
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseProcessIo(text);
      parseMajorFaults(text);
      parseStartTicks(text);
    }),
  );
});

test('reads below the root; what may not be read is unknown, and the rest is not', async () => {
  const host = await fixtureRoot({ '/proc/7/io': IO, '/proc/7/stat': STAT, '/proc/8/stat': STAT });
  const told = { majorFaults: 77, startTicks: 1_303_492 };
  const nothing = { readCallBytes: null, readBytes: null };
  expect(await readProcessIo(7, host)).toEqual({ readCallBytes: 6976, readBytes: 4096, ...told });
  expect(await readProcessIo(8, host)).toEqual({ ...nothing, ...told });
  expect(await readProcessIo(9, host)).toEqual({ ...nothing, majorFaults: null, startTicks: null });
});

test('the caller’s own reads show', async () => {
  const before = await readProcessIo();
  const { length } = await readFile(fileURLToPath(import.meta.url));
  const after = await readProcessIo('self');
  expect(after.majorFaults).not.toBeNull();
  expect(after.readCallBytes).toBeGreaterThanOrEqual((before.readCallBytes ?? Number.NaN) + length);
});
