import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { warmJson } from '../../lib/cli/json-contract.ts';
import { stringifyJson } from '../../lib/cli/render/json.ts';
import { PLAIN } from '../../lib/cli/render/terminal.ts';
import { warm } from '../../lib/fill/index.ts';
import { resolveTargets } from '../../lib/targets/index.ts';
import { hold, PAGE_SIZE } from '../support/cache.ts';
import { cc, cgroupV1Memory, describeWith, fuse, itWith, nobody, root } from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { BARE_ENVIRONMENT, cli, cliProgram, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { plant } from '../support/model-trees.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describeWith([cc, root], 'docs/json.md describes verbs of files', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
    execFileSync('bash', ['--norc', '-c', `printf x > "$1"/$'\\xff'`, 'bash', model.path]);
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it.each([
    ['warmset.status/1', ['status']],
    ['warmset.status/1', ['status', '--detail']],
    ['warmset.status/1', ['evict', '--dry-run']],
    ['warmset.plan/1', ['plan']],
    ['warmset.plan/1', ['warm', '--dry-run']],
    ['warmset.warm/1', ['warm']],
    ['warmset.evict/1', ['evict']],
    ['warmset.warm/1', ['warm', '--max-bytes', '100KiB']],
    ['warmset.lock/1', ['lock', '--for', '10ms']],
    ['warmset.doctor/1', ['doctor']],
  ])('describes %s as %j prints it, and nothing else', async (schema, verb) => {
    const document = json(await cli([...verb, '--json', model.path, model.directory.file('missing')]));
    expect(document.schema).toBe(schema);
  });

  itWith(nobody, 'describes what is unknown', async () => {
    for (const verb of [['status'], ['status', '--detail'], ['warm'], ['evict']]) {
      json(await cli([...verb, '--json', model.path], { uid: NOBODY }));
    }
  });

  it('describes what survives', async () => {
    const [, , shard = ''] = model.files;
    owned(await hold('mmap', shard, 0, PAGE_SIZE));
    const document = json(await cli(['evict', '--json', shard]));
    expect(document).toMatchObject({ files: [{ survival: { why: 'mapped' } }] });
  });

  itWith(fuse, 'describes files that fail', async () => {
    const mount = owned(await mountSlowfs(model.path, { faults: { eioFrom: 0 } }));
    for (const verb of [['warm'], ['lock', '--for', '10ms']]) {
      const document = json(await cli([...verb, '--json', mount.path]));
      expect(JSON.stringify(document)).toContain('EIO');
    }
  });

  itWith(cgroupV1Memory, 'describes the limit of a cgroup', async () => {
    const cgroup = owned(await memoryCgroup(256 << 20));
    const words = [await cliProgram(), 'plan', '--json', model.path];
    const result = await cgroup.run(process.execPath, words, { env: BARE_ENVIRONMENT });
    const document = json(result);
    expect(document).toMatchObject({ budget: { binding: 'cgroup' } });
  });

  it('describes what is said of a configuration', async () => {
    const file = model.directory.file('w.yaml');
    for (const [text, code] of [
      ['sets: [{name: a, targets: [/m]}]\nlisten: "127.0.0.1:1"', 0],
      ['share: 2', 2],
    ] as const) {
      writeFileSync(file, text);
      const env = { ...BARE_ENVIRONMENT, WARMSET_NONSENSE: '1', WARMSET_GUARD: 'false' };
      for (const action of code === 0 ? ['check', 'show'] : ['check']) {
        const result = await cli(['config', action, '--json', file], { env });
        expect(result.code).toBe(code);
        json(result);
      }
    }
  });

  it('describes what targets are', async () => {
    const known = model.directory.file('known');
    await plant(known, { 'config.json': '{}', 'README.md': 'x', 'x.safetensors': 10 });
    const words = ['targets', 'explain', '--json', '--order', 'load', 'compile-caches', 'hf:a/b'];
    const document = json(await cli([...words, model.path, known, model.directory.file('missing')]));
    expect(document.schema).toBe('warmset.targetsExplain/1');
  });

  it('describes where a start went', async () => {
    for (const log of ['test/fixtures/startup/vllm-v1-compose.log', 'package.json']) {
      json(await cli(['phases', '--json', log]));
    }
  });

  it('describes tensors, and files whose tensors nobody knows', async () => {
    await using odd = await temporaryDirectory('odd');
    const [, , shard = ''] = model.files;
    execFileSync('bash', ['--norc', '-c', `cp "$1" "$2"/$'\\xff'.safetensors`, 'bash', shard, odd.path]);
    json(await cli(['targets', 'tensors', '--json', model.path, odd.path]));
    json(await cli(['targets', 'tensors', '--json', model.path], { uid: NOBODY }));
    json(await cli(['targets', 'tensors', '--json', model.directory.file('missing')]));
  });

  it('describes a fill that was held back', async () => {
    const set = await resolveTargets([model.path]);
    const lastReason = { code: 'others-read', message: 'reads a second are not ours' } as const;
    const guard = { goSeconds: 1, slowSeconds: 1, pauseSeconds: 0, lastReason };
    const document = warmJson(set, { ...(await warm(set, { guard: false })), guard });
    documents.check(JSON.parse(stringifyJson(PLAIN, document)));
  });

  it('has a table for every document', () => {
    const room = new URL('../../lib/cli/', import.meta.url);
    const names = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^(json-contract|commands\/).*\.ts$/.test(name),
    );
    // What a keeper serves is put together where it is served.
    const sources = [...names, '../metrics/seed-names.ts', '../experiment/report/json.ts'].map((name) =>
      readFileSync(new URL(name, room), 'utf8'),
    );
    const schemas = [...sources.join('\n').matchAll(/'(warmset\.\w+\/\d+)'/g)].map(([, schema]) => schema);
    const wanted = [...new Set(schemas)].sort();
    expect([...documents.schemas].filter((name) => name.startsWith('warmset.')).sort()).toEqual(wanted);
    // And a test that sees all of it come.
    const seen: readonly string[] = Object.values(DOCUMENT_GROUPS).flat();
    expect(seen.filter((name) => name.startsWith('warmset.')).toSorted()).toEqual(wanted);
  });

  itWith([nobody, fuse, cgroupV1Memory], 'and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.files)).toEqual([]);
  });
});
