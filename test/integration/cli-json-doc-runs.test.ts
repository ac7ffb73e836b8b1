import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusDocument, watchKeeper } from '../../lib/metrics/index.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { busyKeeper, FakeKeeper } from '../support/fake-keeper.ts';
import { FakePrograms } from '../support/fake-programs.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { temporaryDirectory } from '../support/temp.ts';

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
    json(await cli([...words, '--dry-run', '--server', 'x', shard]));
    const result = await cli([...words, '--out', out, shard], { timeoutMs: 60_000 });
    expect(result.code).toBe(0);
    json(result);
  }, 90_000);

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
    [process.execPath, 0],
  ])('describes the start of %s', async (program, code) => {
    const report = model.directory.file('run.json');
    const targets = [model.path, model.directory.file('missing')].flatMap((path) => ['--set', path]);
    const script = program === 'true' ? [] : ['-e', 'console.log("up"); setTimeout(() => {}, 1500)'];
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
