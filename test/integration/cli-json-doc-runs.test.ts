import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { experimentJson } from '../../lib/experiment/index.ts';
import { statusDocument, watchKeeper } from '../../lib/metrics/index.ts';
import type { StartupReport } from '../../lib/probe/startup/index.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { busyKeeper, FakeKeeper } from '../support/fake-keeper.ts';
import { FakePrograms } from '../support/fake-programs.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { aReport } from '../unit/experiment/a-report.ts';
import { aTrial } from '../unit/experiment/trials.ts';

const LOG = 'test/fixtures/startup/vllm-v1-compose.log';

const STARTED: StartupReport = {
  ...{ server: 'vllm', version: '0.11.0', totalSeconds: 9, totalSource: 'stamps', unattributedSeconds: 1 },
  ...{ overlapSeconds: 0, ready: true, starts: 1, modelBytes: null, kvCacheBytes: null, lines: 99 },
  compileCache: 'miss',
  phases: [{ name: 'weights', seconds: 8, within: null, source: 'said', reports: 1 }],
};

describeWith([cc, root], 'docs/json.md describes starts, keepers, experiments and rollouts', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
    execFileSync('bash', ['--norc', '-c', `printf x > "$1"/$'\\xff'`, 'bash', model.path]);
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it('describes an experiment and its plan', async () => {
    const out = model.directory.file(`experiment-${performance.now()}`);
    const [, , shard = ''] = model.files;
    const words = ['experiment', '--json', '--rounds', '3', '--condition', 'other=cat {}'];
    json(await cli([...words, '--dry-run', '--server', 'x', '--url', 'http://127.0.0.1:1', shard]));
    const result = await cli([...words, '--out', out, shard], { timeoutMs: 60_000 });
    expect(result.code).toBe(0);
    json(result);
  }, 90_000);

  it('describes an experiment with servers, trials that do not count, and another machine in the middle', () => {
    const first = { ttftMs: 9, endToEndMs: 12, tokens: 3 };
    const server = { readyMs: 900, first, second: first, startup: STARTED };
    const held = { ms: 5, why: 'others read' };
    const reader = { kind: 'server', command: 'serve', url: null, model: null, prompt: null } as const;
    const report = aReport(
      [aTrial({ server, held }), { ...aTrial({ index: 1 }), state: 'void', why: 'it was interrupted' }],
      { reader, rounds: 3 },
    );
    const [file] = report.header.files;
    const files = [{ ...(file ?? {}), path: '/\\xff', pathBytes: 'L/8=' }] as typeof report.header.files;
    const differences = [{ what: 'node', was: 'v20', is: 'v22', grave: false }];
    const document = experimentJson({ ...report, differences, header: { ...report.header, files } });
    documents.check(JSON.parse(JSON.stringify(document)));
  });

  it('describes how a keeper is', async () => {
    const file = model.directory.file('keep.yaml');
    const env = { ...BARE_ENVIRONMENT, WARMSET_LOCK_DIRECTORY: model.directory.file('lock') };
    const sets = (target: string) => `sets: [{name: m, targets: ["${target}"]}]\n`;
    for (const [text, code] of [
      [sets(model.path), 0],
      [`${sets(model.path)}budget: {maxBytes: 8KiB}`, 3],
      [sets(model.directory.file('missing')), 1],
      [`${sets(model.path)}enabled: false`, 0],
    ] as const) {
      writeFileSync(file, text);
      await cli(['evict', model.path]);
      const result = await cli(['keep', '--once', '--json', '--config', file], { env });
      expect(result.code).toBe(code);
      json(result);
    }
  });

  it('describes a keeper of which everything is known', () => {
    const keeper = new FakeKeeper();
    const watch = watchKeeper(keeper);
    busyKeeper(keeper, { ms: 0 });
    const health = { live: true, ready: false, reasons: ['held back'] };
    const read = () => JSON.parse(statusDocument(watch.view(), health)) as Record<string, unknown>;
    documents.check(read());
    const reason = { code: 'swapping', message: 'it swaps' } as const;
    const bytes = { readBytes: 1, fromDeviceBytes: 0, majorFaults: 0, refaultedBytes: 0 };
    keeper.emit('hits', {
      watched: { cgroup: '/sys/fs/cgroup/x' },
      method: 'io.stat',
      hitRatio: 1,
      ...bytes,
    });
    documents.check(read());
    for (const state of [
      { name: 'filling', sinceMs: 1, set: 'm' },
      { name: 'backing-off', untilMs: 1, reason },
      { name: 'stopped', why: 'disabled', detail: 'off' },
    ] as const) {
      keeper.emit('state', state);
      documents.check(read());
    }
  });

  it.each([
    ['true', 0],
    ['warmset-no-such-program', 127],
    ['bash', 0],
  ])('describes the start of %s', async (program, code) => {
    const report = model.directory.file('run.json');
    const targets = [model.path, model.directory.file('missing')].flatMap((path) => ['--set', path]);
    const script = program === 'bash' ? ['--norc', '-c', 'cat "$1"; echo up; sleep 1.5', 'bash', LOG] : [];
    const words = [
      'run',
      ...targets,
      '--readiness',
      'log:^up$',
      '--report',
      report,
      '--',
      program,
      ...script,
    ];
    expect((await cli(words)).code).toBe(code);
    documents.check(JSON.parse(readFileSync(report, 'utf8')));
  });

  it('describes a rollout, its checks and its way back', async () => {
    await using directory = await temporaryDirectory('json-rollout');
    const programs = new FakePrograms(directory);
    const file = directory.file('rollout.yaml');
    const text = readFileSync(new URL('../../deploy/rollout/systemd.yaml', import.meta.url), 'utf8');
    writeFileSync(file, text.replace('127.0.0.1:9090', '127.0.0.1:9'));
    for (const words of [
      ['plan'],
      ['check', '--stage', 'one-backend'],
      ['promote'],
      ['promote', '--apply'],
      ['promote', '--apply'],
      ['rollback'],
    ]) {
      const options = ['--json', '--state', directory.file('state')];
      const document = json(await cli(['rollout', ...words, ...options, file], { env: programs.env }));
      expect(document.schema).toMatch(/^warmset.rollout/);
    }
  });

  it('and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.runs)).toEqual([]);
  });
});
