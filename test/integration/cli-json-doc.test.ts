import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusDocument, watchKeeper } from '../../lib/metrics/index.ts';
import { hold, PAGE_SIZE } from '../support/cache.ts';
import {
  cc,
  cgroupV1Memory,
  describeWith,
  fuse,
  itWith,
  nobody,
  overlayMount,
  root,
  xfsLoop,
} from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { BARE_ENVIRONMENT, cli, cliProgram, json } from '../support/cli.ts';
import { busyKeeper, FakeKeeper } from '../support/fake-keeper.ts';
import { FakePrograms } from '../support/fake-programs.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { plant } from '../support/model-trees.ts';
import { mountLoop, mountOverlay, mountSlowfs } from '../support/mounts.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';
import { owned } from '../support/owned.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

interface Documented {
  readonly types: readonly string[];
  readonly always: boolean;
}

/** The tables of docs/json.md by heading: path of the field → what is said of it. */
function readTables(): Map<string, Map<string, Documented>> {
  const text = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
  const tables = new Map<string, Map<string, Documented>>();
  for (const section of text.split(/^## /m).slice(1)) {
    const table = new Map<string, Documented>();
    for (const [, path = '', types = '', present = ''] of section.matchAll(
      /^\| `([^`]+)` \| ([^|]+) \|[^|]*\|[^|]*\| ([^|]+) \|$/gm,
    )) {
      table.set(path, { types: types.split(/, /), always: present === 'always' });
    }
    // Documents that look the same share a table.
    for (const name of section.slice(0, section.indexOf('\n')).split(', ')) {
      tables.set(name.replaceAll('`', ''), table);
    }
  }
  return tables;
}

/** Every field by its path, with the names of its types; those of shared objects by the object's own name. */
function fieldsOf(value: unknown, path: string, seen: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    note(path, 'array', seen);
    if (value.every((item) => typeof item === 'string') && value.length > 0)
      note(path, 'array of strings', seen);
    for (const item of value) if (typeof item === 'object') fieldsOf(item, `${path}[]`, seen);
  } else if (typeof value === 'object' && value !== null) {
    note(path, 'object', seen);
    const shared = /(^|\.)(error)$/.test(path) ? 'error' : path;
    for (const [key, inner] of Object.entries(value)) {
      fieldsOf(inner, shared === '' ? key : `${shared}.${key}`, seen);
    }
  } else note(path, value === null ? 'null' : typeof value, seen);
}

function note(path: string, type: string, seen: Map<string, Set<string>>): void {
  if (!seen.has(path)) seen.set(path, new Set());
  seen.get(path)?.add(type);
}

const tables = readTables();

/** The table of a document, with the shared ones that it refers to. */
function tableOf(schema: string): Map<string, Documented> {
  const own = tables.get(schema) ?? new Map<string, Documented>();
  const refers = (path: RegExp): boolean => [...own.keys()].some((key) => path.test(key));
  return new Map([
    ...own,
    ...(refers(/^failures$/) ? (tables.get('Failures') ?? []) : []),
    ...(refers(/^budget$/) ? (tables.get('Budget') ?? []) : []),
    ...(refers(/(^|\.)error$/) ? (tables.get('Errors of a file') ?? []) : []),
  ]);
}

function compare(document: Record<string, unknown>): void {
  const table = tableOf(String(document.schema));
  expect(table.size, `docs/json.md has no table for ${document.schema}`).toBeGreaterThan(0);
  const seen = new Map<string, Set<string>>();
  fieldsOf(document, '', seen);
  seen.delete('');
  const undocumented: string[] = [];
  for (const [path, types] of seen) {
    const described = table.get(path);
    // An object or array is described by what is in it.
    const inside = [...table.keys()].some((key) => key.startsWith(`${path}.`) || key.startsWith(`${path}[]`));
    for (const type of types) {
      const plain = type === 'array of strings' ? ['array', type] : [type];
      const told = described?.types.some(
        (name) => plain.includes(name) || (type === 'array' && name.startsWith('array')),
      );
      if (!told && !(inside && (type === 'object' || type === 'array')))
        undocumented.push(`${path}: ${type}`);
    }
  }
  expect(undocumented).toEqual([]);
  const missing = [...table].filter(([path, { always }]) => {
    const array = path.slice(0, Math.max(0, path.indexOf('[]')));
    const empty = array !== '' && [...seen.keys()].every((key) => !key.startsWith(`${array}[].`));
    return always && !seen.has(path) && !empty;
  });
  expect(missing.map(([path]) => path)).toEqual([]);
}

describeWith([cc, root], 'docs/json.md', () => {
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
    ['warmset.warm/1', ['warm', '--max-bytes', '100KiB']],
    ['warmset.evict/1', ['evict']],
    ['warmset.lock/1', ['lock', '--for', '10ms']],
    ['warmset.doctor/1', ['doctor']],
  ])('describes %s as %j prints it, and nothing else', async (schema, verb) => {
    const document = json(await cli([...verb, '--json', model.path, model.directory.file('missing')]));
    expect(document.schema).toBe(schema);
    compare(document);
  });

  it.each([
    ['warmset.probeOpen/1', ['probe', 'open']],
    ['warmset.probeRead/1', ['probe', 'read', '--count', '8']],
    ['warmset.probeReadConcurrent/1', ['probe', 'read', '--concurrent', '--count', '2', '--for', '200ms']],
  ])('describes %s as %j prints it', async (schema, verb) => {
    const document = json(await cli([...verb, '--json', model.path, model.directory.file('missing')]));
    expect(document.schema).toBe(schema);
    compare(document);
  });

  it('describes what probes of servers and of the host print', async () => {
    const metrics = (): string => 'vllm:time_to_first_token_seconds_bucket{le="+Inf"} 1\n';
    await using server = await startOpenAiServer(
      ['good', 'json', 'unauthorised', 'notJson', 'reset', 'good'],
      {
        metrics,
      },
    );
    for (const [schema, words] of [
      ['warmset.probeTtft/1', ['ttft', server.url, '--requests', '6', '--warm-up', '0']],
      ['warmset.probeTtftTraffic/1', ['ttft', server.url, '--metrics', '--for', '10ms']],
      ['warmset.probeHost/1', ['host', '--for', '60ms', '--every', '20ms']],
      ['warmset.probeHost/1', ['host', '--', 'true']],
    ] as const) {
      const document = json(await cli(['probe', words[0], '--json', ...words.slice(1)]));
      expect(document.schema).toBe(schema);
      compare(document);
    }
  });

  itWith(nobody, 'describes what is unknown', async () => {
    for (const verb of [['status'], ['status', '--detail'], ['warm'], ['evict']]) {
      compare(json(await cli([...verb, '--json', model.path], { uid: NOBODY })));
    }
  });

  it('describes what a snapshot has, and what became of it', async () => {
    const [file, later] = [model.directory.file('set.snap'), model.directory.file('later.snap')];
    const [config = '', , shard = '', last = ''] = model.files;
    const odd = ['save', file, model.path, model.directory.file('missing')];
    compare(json(await cli(['snapshot', ...odd.slice(0, 1), '--json', ...odd.slice(1)])));
    for (const words of [
      ['restore', '--dry-run', file],
      ['restore', file],
      ['diff', file],
    ]) {
      compare(json(await cli(['snapshot', ...words, '--json'])));
    }
    const stamps = [config, shard, last].map((path) => [path, statSync(path)] as const);
    truncateSync(last, 5);
    await cli(['evict', model.path]);
    compare(json(await cli(['snapshot', 'restore', '--json', '--max-bytes', '64KiB', file])));
    compare(json(await cli(['snapshot', 'save', '--json', later, config])));
    compare(json(await cli(['snapshot', 'diff', '--json', file, later])));
    for (const [path, { size, atime, mtime }] of stamps) {
      truncateSync(path, size);
      utimesSync(path, atime, mtime);
    }
  });

  itWith(nobody, 'describes what a snapshot does not know', async () => {
    await using directory = await temporaryDirectory();
    await chmod(directory.path, 0o777);
    const file = directory.file('set.snap');
    for (const words of [
      ['save', file, model.path],
      ['restore', file],
      ['diff', file],
    ]) {
      compare(json(await cli(['snapshot', ...words, '--json'], { uid: NOBODY })));
    }
  });

  it('describes what survives', async () => {
    const [, , shard = ''] = model.files;
    owned(await hold('mmap', shard, 0, PAGE_SIZE));
    const document = json(await cli(['evict', '--json', shard]));
    expect(document).toMatchObject({ files: [{ survival: { why: 'mapped' } }] });
    compare(document);
  });

  itWith(fuse, 'describes files that fail', async () => {
    const mount = owned(await mountSlowfs(model.path, { faults: { eioFrom: 0 } }));
    for (const verb of [['warm'], ['lock', '--for', '10ms']]) {
      const document = json(await cli([...verb, '--json', mount.path]));
      expect(JSON.stringify(document)).toContain('EIO');
      compare(document);
    }
  });

  itWith(cgroupV1Memory, 'describes the limit of a cgroup', async () => {
    const cgroup = owned(await memoryCgroup(256 << 20));
    const words = [await cliProgram(), 'plan', '--json', model.path];
    const result = await cgroup.run(process.execPath, words, { env: BARE_ENVIRONMENT });
    const document = json(result);
    expect(document).toMatchObject({ budget: { binding: 'cgroup' } });
    compare(document);
  });

  itWith([xfsLoop, overlayMount], 'describes where bytes live, and which are there twice', async () => {
    const mount = owned(await mountLoop('xfs'));
    await writeRandomFile(mount.file('a.bin'), 2 << 20, 1);
    await copyFile(mount.file('a.bin'), mount.file('b.bin'));
    const overlay = owned(await mountOverlay(mount.path));
    const missing = mount.file('missing');
    compare(json(await cli(['storage', 'inspect', '--json', overlay.path, missing])));
    compare(json(await cli(['storage', 'footprint', '--json', mount.path, missing])));
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
        compare(json(result));
      }
    }
  });

  it('describes what targets are', async () => {
    const known = model.directory.file('known');
    await plant(known, { 'config.json': '{}', 'README.md': 'x', 'x.safetensors': 10 });
    const words = ['targets', 'explain', '--json', '--order', 'load', 'compile-caches', 'hf:a/b'];
    const document = json(await cli([...words, model.path, known, model.directory.file('missing')]));
    expect(document.schema).toBe('warmset.targetsExplain/1');
    compare(document);
  });

  it('describes where a start went', async () => {
    for (const log of ['test/fixtures/startup/vllm-v1-compose.log', 'package.json']) {
      compare(json(await cli(['phases', '--json', log])));
    }
  });

  it('describes an experiment and its plan', async () => {
    const out = model.directory.file(`experiment-${performance.now()}`);
    const [, , shard = ''] = model.files;
    const words = ['experiment', '--json', '--rounds', '3', '--condition', 'other=cat {}'];
    compare(json(await cli([...words, '--dry-run', '--server', 'x', shard])));
    const result = await cli([...words, '--out', out, shard], { timeoutMs: 60_000 });
    expect(result.code).toBe(0);
    compare(json(result));
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
      compare(json(result));
    }
  });

  it('describes a keeper of which everything is known', () => {
    const keeper = new FakeKeeper();
    const watch = watchKeeper(keeper);
    busyKeeper(keeper, { ms: 0 });
    const health = { live: true, ready: false, reasons: ['held back'] };
    const read = () => JSON.parse(statusDocument(watch.view(), health)) as Record<string, unknown>;
    compare(read());
    const reason = { code: 'swapping', message: 'it swaps' } as const;
    for (const state of [
      { name: 'filling', sinceMs: 1, set: 'm' },
      { name: 'backing-off', untilMs: 1, reason },
      { name: 'stopped', why: 'disabled', detail: 'off' },
    ] as const) {
      keeper.emit('state', state);
      compare(read());
    }
  });

  it('describes tensors, and files whose tensors nobody knows', async () => {
    const document = json(await cli(['targets', 'tensors', '--json', model.path]));
    compare(document);
    compare(json(await cli(['targets', 'tensors', '--json', model.path], { uid: NOBODY })));
    compare(json(await cli(['targets', 'tensors', '--json', model.directory.file('missing')])));
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
    compare(JSON.parse(readFileSync(report, 'utf8')));
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
      compare(document);
    }
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
    expect([...tables.keys()].filter((name) => name.startsWith('warmset.')).sort()).toEqual(
      [...new Set(schemas)].sort(),
    );
  });
});
