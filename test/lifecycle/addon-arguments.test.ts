import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const ADDON =
  process.env.WARMSET_ADDON ?? fileURLToPath(new URL('../../build/Release/warmset.node', import.meta.url));
const CHILD = fileURLToPath(new URL('./hostile-arguments.mjs', import.meta.url));
const RUNS = process.env.WARMSET_FUZZ_RUNS ?? '400';

/** Each batch is one child process. */
const BATCHES = {
  'tokens and priorities': [
    'features',
    'createCancelToken',
    'cancel',
    'getIoPriority',
    'setIoPriority',
    'getNice',
    'setNice',
  ],
  'one file': ['mincore', 'cachestat', 'fadvise', 'readahead', 'evict', 'openMapping'],
  'one path': ['statfsMagic', 'listDirectory', 'lookUp', 'timeReading', 'readRange'],
  limits: ['createRateLimiter', 'setRate', 'setPaused'],
  probes: ['probeReads', 'probeOpen', 'probeStretch', 'waitForDrain'],
  'what a keeper needs': ['lockFile', 'unlockFile', 'notify'],
  'what storage looks at': ['lookAtFilesystem', 'takeInventory', 'readQuietly'],
  'what a copy needs': [
    'lookAtEntry',
    'openPartial',
    'copyPiece',
    'settleWindow',
    'cloneFile',
    'publishFile',
  ],
  handOver: ['handOver', 'signalDescriptor', 'holdBytes'],
  processes: ['replaceProcess', 'startOrphan', 'reapChild', 'createPipe', 'watchSignals', 'unwatchSignals'],
  'lists of files': ['survey', 'sampleFolios', 'countBytes', 'startFill', 'readTexts'],
  mappings: [
    'Mapping.populate',
    'Mapping.advise',
    'Mapping.mincore',
    'Mapping.lock',
    'Mapping.unlock',
    'Mapping.length',
    'Mapping.constructor',
    'Mapping.close',
  ],
} as const;

let directory: TemporaryDirectory;

beforeAll(async () => {
  directory = await temporaryDirectory('arguments');
  await writeRandomFile(directory.file('file'), 64 << 10);
});

afterAll(async () => {
  await directory[Symbol.asyncDispose]();
});

/** The addon's exports as the child saw them, or an error that names the call that ended the child. */
async function attack(names: readonly string[]): Promise<string[]> {
  const args = [CHILD, ADDON, directory.path, RUNS, ...names];
  const child = await run(process.execPath, args, { timeoutMs: 110_000 });
  if (child.code === 0) return JSON.parse(child.stdout);
  const end = child.timedOut ? 'ran out of time' : `ended with ${child.code ?? child.signal}`;
  const last = existsSync(directory.file('case')) ? readFileSync(directory.file('case'), 'utf8') : 'none';
  throw new Error(`The child ${end}; its last call: ${last}\n${child.stderr.slice(0, 8000)}`);
}

describe('whatever the arguments are, the process lives and the error has a code', () => {
  test.each(Object.entries(BATCHES))('%s', { timeout: 120_000 }, async (_, names) => {
    await attack(names);
  });

  test('no export is forgotten here', async () => {
    const functions = Object.values(BATCHES)
      .flat()
      .filter((name) => !name.startsWith('Mapping.'));
    expect((await attack([])).toSorted()).toEqual(functions.toSorted());
  });
});

// Runs as a process of its own: what it looks for ends the process.
const TERMINATIONS = `
import { Worker } from 'node:worker_threads';
const [addon, file, rounds] = process.argv.slice(1);
const busy = \`
  const { parentPort, workerData: { addon, file } } = require('node:worker_threads');
  const a = require(addon);
  const options = { source: 'cachestat', window: 4096, mostWindows: 64, samples: 0, compareEvery: 1, trustEmpty: false };
  const jobs = [
    () => a.lookUp(file, null, null),
    () => a.survey(Array(20).fill(file), options, null, null),
    () => a.mincore(file, 0, 0, null, null),
    () => a.openMapping(file, 0, 0, null, null).then((mapping) => mapping.close(null, null)),
  ];
  const again = (job) => job().then(() => again(job));
  for (let at = 0; at < 16; at++) for (const job of jobs) again(job);
  parentPort.postMessage('busy');
\`;
for (let round = 0; round < Number(rounds); round++) {
  const worker = new Worker(busy, { eval: true, execArgv: [], workerData: { addon, file } });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
  await worker.terminate();
}
`;

test('a Worker that is terminated while its jobs settle takes nobody along', {
  timeout: 120_000,
}, async () => {
  const args = ['--input-type=module', '-e', TERMINATIONS, ADDON, directory.file('file'), '25'];
  const child = await run(process.execPath, args, { timeoutMs: 110_000 });
  expect(child).toMatchObject({ code: 0, signal: null, stderr: '' });
});
