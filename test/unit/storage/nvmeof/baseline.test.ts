import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  type Baseline,
  type BaselinePath,
  loadBaseline,
  saveBaseline,
} from '../../../../lib/storage/nvmeof/baseline/baseline-file.ts';
import {
  judgeBaseline,
  pathName,
  type SeenReconnects,
} from '../../../../lib/storage/nvmeof/baseline/judge.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const PATH: BaselinePath = {
  subsystem: 'nqn.2024-01.org.example:models',
  transport: 'tcp',
  address: '10.0.0.7',
  service: '4420',
  state: 'live',
  queueCount: 3,
  keepAliveSeconds: 5,
  reconnectDelaySeconds: 5,
  ctrlLossSeconds: 600,
  fastIoFailSeconds: 'off',
  reconnects: 2,
  resets: 1,
  commandErrors: 0,
  mediaErrors: 0,
  namespaces: { 1: 'optimized' },
};

const baseline = (...paths: readonly BaselinePath[]): Baseline => ({
  ...{ schema: 'warmset.nvmeofBaseline/1', atMs: 1, paths: [...paths] },
});

function worse(
  before: Partial<BaselinePath>,
  now: Partial<BaselinePath> | null,
  seen: SeenReconnects | null = null,
  thresholds = { reconnects: 0, errors: 0 },
): readonly string[] {
  const after = now === null ? baseline() : baseline({ ...PATH, ...now });
  return judgeBaseline(baseline({ ...PATH, ...before }), after, seen, thresholds)
    .filter(({ verdict }) => verdict === 'worse')
    .map(({ measure }) => measure);
}

test('nothing changed: nothing is worse', () => {
  expect(worse({}, {})).toEqual([]);
});

test.each<readonly [string, Partial<BaselinePath> | null, readonly string[]]>([
  ['the path is gone', null, ['present']],
  ['it reconnects', { state: 'connecting' }, ['state']],
  ['its state is not known', { state: null }, ['state']],
  ['fewer queues came back', { queueCount: 2 }, ['queueCount']],
  ['queues are not known', { queueCount: null }, ['queueCount']],
  ['it reconnected', { reconnects: 3 }, ['reconnects']],
  ['reconnects are not counted any more', { reconnects: null }, ['reconnects']],
  ['the count began anew', { reconnects: 0 }, ['reconnects']],
  ['a reset', { resets: 2 }, ['resets']],
  ['an error of the medium', { mediaErrors: 1 }, ['mediaErrors']],
  ['the controller was not asked', { mediaErrors: null }, ['mediaErrors']],
  ['the namespace is gone', { namespaces: {} }, ['namespace 1']],
  ['the namespace is not optimized', { namespaces: { 1: 'inaccessible' } }, ['namespace 1']],
  ['ANA is not known', { namespaces: { 1: null } }, ['namespace 1']],
])('%s', (_, now, expected) => {
  expect(worse({}, now)).toEqual(expected);
});

test('thresholds allow so many more', () => {
  const now = { reconnects: 4, commandErrors: 5 };
  expect(worse({}, now, null, { reconnects: 2, errors: 5 })).toEqual([]);
  expect(worse({}, now, null, { reconnects: 1, errors: 4 })).toEqual(['reconnects', 'commandErrors']);
});

test('a kernel that does not count opens no gate, unless somebody watched', () => {
  const blind = { reconnects: null };
  expect(worse(blind, blind)).toEqual(['reconnects']);
  expect(worse(blind, blind, new Map())).toEqual(['reconnects']);
  expect(worse(blind, blind, new Map([[pathName(PATH), 0]]))).toEqual([]);
  expect(worse(blind, blind, new Map([[pathName(PATH), 1]]))).toEqual(['reconnects']);
});

test('what was worse before and is good now is better', () => {
  const lines = judgeBaseline(baseline({ ...PATH, state: 'connecting' }), baseline(PATH), null, {
    ...{ reconnects: 0, errors: 0 },
  });
  expect(lines.find(({ measure }) => measure === 'state')?.verdict).toBe('better');
});

test('a baseline of nothing compares with nothing, and opens no gate', () => {
  const [line] = judgeBaseline(baseline(), baseline(PATH), null, { reconnects: 0, errors: 0 });
  expect(line?.verdict).toBe('worse');
});

test('what was saved is read again; what is no baseline is refused', async () => {
  await using directory = await temporaryDirectory();
  const file = directory.file('baseline.json');
  await saveBaseline(file, baseline(PATH));
  expect(await loadBaseline(file)).toEqual(baseline(PATH));
  for (const text of [
    '',
    '{',
    '[]',
    '{"schema":"warmset.nvmeofBaseline/2","atMs":1,"paths":[]}',
    '{"paths":7}',
  ]) {
    await writeFile(file, text);
    await expect(loadBaseline(file)).rejects.toMatchObject({ code: 'WARMSET_NVMEOF', subject: file });
  }
});
