import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { resolveTargets, warm } from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json, shell } from '../support/cli.ts';
import { COMMIT, plant, plantHubModel, SHARDED } from '../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const PAGES = 300;

interface Named {
  readonly path: string;
}

describeWith(cc, 'a model of the Hugging Face cache', () => {
  let directory: TemporaryDirectory;
  let env: NodeJS.ProcessEnv;
  let weights: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('hub');
    env = { ...BARE_ENVIRONMENT, HOME: directory.path, HF_HUB_CACHE: directory.file('hub') };
    const repository = await plantHubModel(directory.file('hub'), 'org/model', SHARDED);
    // The same blob under two names, as a hub has it where two files are equal.
    await plant(path.join(repository, 'snapshots', COMMIT), {
      'model-00003.safetensors': { link: 'model-00001-of-00002.safetensors' },
    });
    weights = await realpath(path.join(repository, 'snapshots', COMMIT, 'model-00001-of-00002.safetensors'));
    await writeRandomFile(weights, PAGES * PAGE_SIZE);
  });
  afterAll(() => directory[Symbol.asyncDispose]());
  beforeEach(() => evict(weights));

  it('is warmed through its links, each blob once', async () => {
    const result = await cli(['warm', '--json', 'hf:org/model', directory.file('hub')], { env });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const document = json(result) as { asked: number; residentNow: number; files: Named[] };
    expect(await oracle(weights)).toMatchObject({ resident: PAGES, pages: PAGES });
    const targets = await Promise.all(document.files.map((file) => realpath(file.path)));
    expect(new Set(targets).size).toBe(targets.length);
    expect(document.residentNow).toBe(document.asked);
    // Configuration first: that is the load order, and not that of the names.
    expect(path.basename(document.files[0]?.path ?? '')).toBe('config.json');
  });

  it('is warmed by the library, which is told where it is', async () => {
    const set = await resolveTargets(['hf:org/model'], { env: { HF_HUB_CACHE: directory.file('hub') } });
    const result = await warm(set);
    expect(result.residentNow).toBe(set.size);
    expect(await oracle(weights)).toMatchObject({ resident: PAGES });
  });

  it('is named by the same words to every verb', async () => {
    for (const verb of [
      ['status'],
      ['plan'],
      ['warm'],
      ['evict', '--dry-run'],
      ['doctor'],
      ['lock', '--for', '10ms'],
    ]) {
      const { stderr } = await cli([...verb, '--json', 'hf:org/model'], { env });
      expect(stderr, verb.join(' ')).toBe('');
    }
    const kept = await cli(['keep', '--once', '--json', 'hf:org/model'], {
      env: { ...env, WARMSET_LOCK_DIRECTORY: directory.file('lock') },
    });
    expect(kept).toMatchObject({ code: 0 });
    expect(await oracle(weights)).toMatchObject({ resident: PAGES });
  });

  it('that is not there says what is', async () => {
    const { code, stdout, stderr } = await cli(['warm', 'hf:org/modl'], { env });
    expect({ code, stdout: stdout.includes('asked') }).toEqual({ code: 1, stdout: true });
    expect(stderr).toContain('did you mean hf:org/model?');
  });

  it('a list on standard input holds paths, whatever they look like', async () => {
    const script = 'cd "$1" && printf x > hf:org && mkdir -p d && echo hf:org | $W status --json -';
    const document = json(await shell(script, [directory.path], { env })) as { files: Named[] };
    expect(document.files.map((file) => file.path)).toEqual([directory.file('hf:org')]);
  });
});

describeWith(cc, 'warmset targets explain', () => {
  let directory: TemporaryDirectory;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    directory = await temporaryDirectory('explain');
    env = { ...BARE_ENVIRONMENT, HOME: directory.path, HF_HUB_CACHE: directory.file('hub') };
    await plantHubModel(directory.file('hub'), 'org/model', { ...SHARDED, 'pytorch_model.bin': 99 });
  });
  afterAll(() => directory[Symbol.asyncDispose]());
  const explain = (...words: string[]) => cli(['targets', 'explain', ...words], { env });

  it('prints files in their order, each with its reason, and what was left out', async () => {
    const { code, stdout, stderr } = await explain('hf:org/model');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at(COMMIT)).toBeGreaterThan(0);
    const order = [
      '/config.json',
      '/tokenizer.json',
      '.index.json',
      'model-00001-of',
      'model-00002-of',
      'left out',
    ];
    const places = order.map(at);
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(lines[at('pytorch_model.bin')]).toContain('another form of the weights');
    expect(lines[at('README.md')]).toContain('no server reads it');
  });

  it('takes the rules of another server, and refuses one that it does not know', async () => {
    expect((await explain('--rules', 'sglang', 'hf:org/model')).stdout).toContain('by the rules of SGLang');
    const { code, stderr } = await explain('--rules', 'other', 'hf:org/model');
    expect(code).toBe(2);
    expect(stderr).toContain('is not one of vllm');
  });

  it('explains what is not there', async () => {
    const { code, stdout, stderr } = await explain('hf:org/none');
    expect(code).toBe(1);
    expect(stdout).toContain('not found');
    expect(stdout).toContain(`${directory.file('hub')}/models--org--none ($HF_HUB_CACHE)`);
    expect(stderr).toContain("the model isn't in");
  });

  it('explains plain directories, and what load order would change', async () => {
    const snapshot = directory.file('hub/models--org--model/snapshots', COMMIT);
    const byName = json(await explain('--json', snapshot)) as {
      targets: { files: Named[]; notes: string[] }[];
    };
    expect(byName.targets[0]?.files).toHaveLength(9);
    expect(byName.targets[0]?.notes[0]).toContain('load order');
    const loaded = json(await explain('--json', '--order', 'load', snapshot)) as typeof byName;
    expect(loaded.targets[0]?.files).toHaveLength(7);
  });
});
