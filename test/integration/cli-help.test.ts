import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyVerb, VERBS } from '../../lib/cli/verbs.ts';
import { cc, describeWith } from '../support/capabilities.ts';
import { cli, shell } from '../support/cli.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';

const everyName = everyVerb().map(({ words }) => words.join(' '));
const WIDTH = Math.max(...VERBS.map(({ name }) => name.length));
const groups = VERBS.filter((verb) => 'verbs' in verb);

describe('warmset --help', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists every verb and every exit code', async (word) => {
    const { code, stdout, stderr } = await cli([word]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name, summary } of VERBS)
      expect(stdout).toContain(`  ${name.padEnd(WIDTH)}  ${summary.slice(0, 40)}`);
    for (const exit of ['0', '1', '2', '3', '128+n'])
      expect(stdout).toMatch(new RegExp(`^  ${exit.replace('+', '\\+')} {2,}\\w`, 'm'));
    expect(stdout).toMatch(/^Example:\n {2}\$ warmset status \/models\/llama$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each([['--version'], ['-V']])('%s is that of the package', async (word) => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await cli([word])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it.each(everyName)('help %s is %s --help', async (name) => {
    const words = name.split(' ');
    const [one, other] = [await cli(['help', ...words]), await cli([...words, '--help'])];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toMatch(new RegExp(`^Usage: warmset ${name} `));
  });

  it.each(groups)('help $name lists the verbs behind it', async ({ name, verbs }) => {
    const [one, other] = [await cli(['help', name]), await cli([name, '--help'])];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toMatch(new RegExp(`^Usage: warmset ${name} VERB `));
    for (const verb of verbs)
      expect(one.stdout).toMatch(new RegExp(`^  ${verb.name} +${verb.summary}$`, 'm'));
    const bare = await cli([name]);
    expect(bare).toMatchObject({ code: 2, stdout: '', stderr: one.stdout });
  });

  it('works where the addon does not', async () => {
    const env = { PATH: process.env.PATH, WARMSET_ADDON: '/nowhere/warmset.node' };
    expect(await cli(['--help'], { env })).toMatchObject({ code: 0, stderr: '' });
    expect(await cli(['warm', '--help'], { env })).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await cli(['status', '/etc/passwd'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warmset: The native part of warmset could not be loaded/);
    expect(stderr).toMatch(/^ {5}do: /m);
  });
});

describeWith(cc, "each verb's example", () => {
  let model: ModelDirectory;
  let rollout: string;
  beforeAll(async () => {
    model = await halfWarmModel();
    rollout = model.directory.file('rollout.yaml');
    const text = readFileSync(new URL('../../deploy/rollout/systemd.yaml', import.meta.url), 'utf8');
    writeFileSync(rollout, text.replace('127.0.0.1:9090', '127.0.0.1:9'));
    await mkdir(model.directory.file('cache'));
  });
  afterAll(() => model[Symbol.asyncDispose]());

  // In their order: what one of them saves the next restores.
  it.each(everyName)('of %s works as it stands there', async (name) => {
    const { stdout } = await cli([...name.split(' '), '--help']);
    const example = /^Example:\n {2}\$ warmset (.+)$/m.exec(stdout)?.[1];
    expect(example).toMatch(new RegExp(`^${name}\\b`));
    await using server = await startOpenAiServer('good');
    const here = (example ?? '')
      .replace(/\/models\/\w+/g, model.path)
      .replace('/var/lib/warmset', model.directory.path)
      .replace('/etc/warmset/rollout.yaml', rollout)
      .replace('/etc/warmset/', `${import.meta.dirname}/../../examples/`)
      .replace('/var/log/vllm.log', `${import.meta.dirname}/../fixtures/startup/vllm-v0.log`)
      .replace('--for 10m', '--for 50ms')
      .replace('/srv/vllm/cache', model.directory.file('cache'))
      .replace('--lower /mnt/shared/cache', `--lower ${model.path} --writable-lower`)
      .replace('/mnt/shared/cache', model.path)
      .replace(/-- vllm serve \S+/, '-- echo a server')
      .replace('http://127.0.0.1:8000', server.url)
      .replace('--size 4GiB --dir /var/tmp', `--size 8MiB --dir ${model.directory.path}`);
    const env = { WARMSET_LOCK_DIRECTORY: model.directory.file('lock') };
    const result = await shell(`$W ${here}`, [], { timeoutMs: 25_000, env });
    // A keeper logs what it does, an experiment tells of its trials, who fills beside a server of what it does.
    const said: Readonly<Record<string, RegExp>> = {
      keep: /^(\S+ info .+\n)+$/,
      run: /^(warmset: .+\n)*$/,
      experiment: /^before .+\n(trial .+\n)+$/,
      'nvmeof disconnect': /^(warmset: this host has no NVMe-oF controller .+\n.+\n)?$/,
    };
    expect(result.stderr).toMatch(said[name] ?? /^$/);
    // doctor reports what it finds on this host, and that needn't be good.
    // Where a kernel has no NVMe-oF, or no such connection, the example says so. Nobody answers for a Prometheus here.
    if (['doctor', 'nvmeof connect', 'nvmeof disconnect'].includes(name)) {
      expect([0, 1]).toContain(result.code);
    } else expect(result.code).toBe(name === 'rollout check' ? 3 : 0);
    if (name !== 'nvmeof disconnect') expect(result.stdout).not.toBe('');
  });
});
