import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cc, describeWith, fuse, nobody, root, tmpfsMount } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json, startCli } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { mountSlowfs, mountTmpfs } from '../support/mounts.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';
import { owned } from '../support/owned.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const BEHAVIOURS = [
  ...(['good', 'json', 'unauthorised', 'notJson', 'reset', 'errorInStream', 'stall', 'silent'] as const),
  ...(['headersOnly', 'resetAtOnce', 'busy', 'html'] as const),
];

describeWith([cc, root, nobody, fuse, tmpfsMount], 'docs/json.md describes probes', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
    execFileSync('bash', ['--norc', '-c', `printf x > "$1"/$'\\xff'`, 'bash', model.path]);
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it.each([
    ['warmset.probeOpen/1', ['probe', 'open']],
    ['warmset.probeRead/1', ['probe', 'read', '--count', '8']],
    ['warmset.probeReadConcurrent/1', ['probe', 'read', '--concurrent', '--count', '2', '--for', '200ms']],
  ])('describes %s as %j prints it', async (schema, verb) => {
    const document = json(await cli([...verb, '--json', model.path, model.directory.file('missing')]));
    expect(document.schema).toBe(schema);
  });

  it('describes what could not be measured, and of whom nobody is told what is resident', async () => {
    for (const verb of ['open', 'read'])
      json(await cli(['probe', verb, '--json', model.path], { uid: NOBODY }));
    const memory = owned(await mountTmpfs());
    await writeRandomFile(memory.file('a.bin'), 1 << 20, 1);
    json(await cli(['probe', 'read', '--json', memory.path]));
    await using directory = await temporaryDirectory('odd');
    execFileSync('bash', [
      ...['--norc', '-c', `head -c 1M /dev/urandom > "$1"/$'\\xff'`, 'bash'],
      directory.path,
    ]);
    json(await cli(['probe', 'read', '--json', directory.path]));
    const broken = owned(await mountSlowfs(directory.path, { faults: { eioFrom: 0 } }));
    for (const verb of ['open', 'read']) json(await cli(['probe', verb, '--json', broken.path]));
  });

  it('describes every way in which a server may answer', async () => {
    const each = BEHAVIOURS.length;
    await using server = await startOpenAiServer([...BEHAVIOURS, ...BEHAVIOURS], {
      metrics: () => 'vllm:time_to_first_token_seconds_bucket{le="+Inf"} 1\n',
    });
    const impatient = ['--timeout', '400ms', '--stall', '300ms'];
    const counts = ['--warm-up', String(each), '--requests', String(each)];
    json(await cli(['probe', 'ttft', server.url, '--json', ...counts, ...impatient]));
    json(await cli(['probe', 'ttft', server.url, '--json', '--metrics', '--for', '10ms']));
    const nobody = ['http://127.0.0.1:1', '--model', 'x', '--warm-up', '1', '--requests', '1'];
    json(await cli(['probe', 'ttft', ...nobody, '--json']));
    await using silent = await startOpenAiServer('silent');
    const probe = owned(await startCli(['probe', 'ttft', silent.url, '--json', '--warm-up', '0']));
    while (silent.received.length === 0) await delay(20);
    probe.kill('SIGINT');
    json({ ...(await probe.ended), timedOut: false });
  });

  it('describes the host', async () => {
    await using directory = await temporaryDirectory('gpu');
    const driver = directory.file('nvidia-smi');
    await writeFile(driver, '#!/bin/sh\nwhile :; do echo "0, 10, 1000, 50"; sleep 0.02; done\n');
    await chmod(driver, 0o755);
    const env = { ...BARE_ENVIRONMENT, PATH: `${directory.path}:${process.env.PATH}` };
    json(await cli(['probe', 'host', '--json', '--for', '400ms', '--every', '20ms'], { env }));
    json(await cli(['probe', 'host', '--json', '--', 'true']));
  });

  it('and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.probe)).toEqual([]);
  });
});
