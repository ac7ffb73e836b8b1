import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { cli, json } from '../support/cli.ts';
import { FakePrograms } from '../support/fake-programs.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

// Nothing listens there: whoever asks it is refused.
const ROLLOUT = {
  name: 'warm',
  prometheus: { url: 'http://127.0.0.1:9', timeout: '1s' },
  canary: { server: { track: 'canary' } },
  control: { server: { track: 'stable' } },
  gates: [{ name: 'reconnects', kind: 'growth', metric: 'warmset_nvmeof_reconnects_total' }],
  stages: [
    {
      name: 'first',
      actions: [
        { use: 'node-label', node: 'node-a', label: 'warmset.io/keep', value: 'canary' },
        { use: 'systemd', unit: 'warmset-keep@vllm.service' },
        { use: 'compose', file: '/srv/compose.yaml', profile: 'warm', services: ['warm-init', 'warm-keep'] },
      ],
    },
    {
      name: 'second',
      actions: [
        {
          use: 'helm',
          release: 'vllm',
          namespace: 'serving',
          chart: 'charts/vllm',
          set: { 'warmset.enabled': true },
        },
      ],
    },
  ],
};

interface Site {
  readonly programs: FakePrograms;
  readonly directory: TemporaryDirectory;
  readonly run: (verb: string, ...words: readonly string[]) => ReturnType<typeof cli>;
}

async function site(directory: TemporaryDirectory): Promise<Site> {
  const programs = new FakePrograms(directory);
  const file = directory.file('rollout.yaml');
  await writeFile(file, JSON.stringify(ROLLOUT));
  const run = (verb: string, ...words: readonly string[]) =>
    cli(['rollout', verb, '--state', directory.file('state'), ...words, file], { env: programs.env });
  return { programs, directory, run };
}

const force = ['--apply', '--force', '--reason', 'a test'];

it('promotes stage by stage, and one command takes all of it back in reverse', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  programs.put('docker', { vllm: true, 'warm-keep': true });
  programs.put('helm', { warmset: { enabled: false }, image: 'x' });
  const before = ['kubectl', 'systemctl', 'docker', 'helm'].map((name) => programs.state(name));
  expect(await run('check')).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('no stage was begun'),
  });
  expect((await run('promote')).stdout).toMatch(/first may begin; --apply does it/);
  expect(programs.changes).toEqual([]);
  expect(await run('promote', '--apply')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('first is done'),
  });
  expect(programs.state('docker')).toEqual({ vllm: true, 'warm-init': true, 'warm-keep': true });
  // The first stage's gates can't be asked for: that is no pass.
  const refused = await run('promote', '--apply');
  expect(refused.code).toBe(3);
  expect(refused.stdout).toMatch(/insufficient prometheus\n.*ECONNREFUSED/);
  expect(programs.changes.length).toBe(3);
  expect((await run('promote', ...force)).code).toBe(0);
  expect(programs.state('helm')).toMatchObject({ warmset: { enabled: true } });
  expect(readFileSync(directory.file('state', 'decisions.jsonl'), 'utf8')).toMatch(
    /"stage":"second","verdict":"insufficient","forced":"a test"/,
  );
  expect((await run('promote', '--apply')).stdout).toMatch(/every stage is done/);
  const back = json(await run('rollback', '--json'));
  expect(back).toMatchObject({ complete: true, warnings: [] });
  expect((back.actions as { stage: string }[]).map(({ stage }) => stage)).toEqual([
    'second',
    'first',
    'first',
    'first',
  ]);
  expect(['kubectl', 'systemctl', 'docker', 'helm'].map((name) => programs.state(name))).toEqual([
    { 'node-a': {} },
    { 'warmset-keep@vllm.service': { enabled: false, active: false } },
    before[2],
    before[3],
  ]);
});

it('an action that fails takes back those of its stage, and the next promotion does all of it', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  programs.trouble('fail', 'docker compose --file /srv/compose.yaml --profile warm up');
  const failed = await run('promote', '--apply');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/refused by the test/);
  expect(programs.state('kubectl')).toEqual({ 'node-a': {} });
  expect(programs.state('systemctl')).toEqual({
    'warmset-keep@vllm.service': { enabled: false, active: false },
  });
  programs.settle();
  expect((await run('promote', '--apply')).code).toBe(0);
  expect(programs.state('kubectl')).toEqual({ 'node-a': { 'warmset.io/keep': 'canary' } });
});

const POINTS = ['kubectl label', 'systemctl enable', 'docker compose', 'helm upgrade'].flatMap((text) =>
  (['kill-before', 'kill-after'] as const).map((kind) => [kind, text] as const),
);

it.each(POINTS)(
  '%s %s: rollback undoes the half that was done, and promotion goes on after a crash',
  async (kind, text) => {
    await using directory = await temporaryDirectory('rollout');
    const { programs, run } = await site(directory);
    programs.put('docker', { vllm: true });
    programs.put('helm', { image: 'x' });
    if (text.startsWith('helm')) expect((await run('promote', '--apply')).code).toBe(0);
    const word = text.startsWith('docker') ? ' up ' : text;
    programs.trouble(kind, word);
    expect((await run('promote', ...force)).signal).toBe('SIGKILL');
    programs.settle();
    const back = await run('rollback');
    expect(back).toMatchObject({ code: 0, stdout: expect.stringMatching(/rolled back|nothing was done/) });
    expect(programs.state('docker')).toEqual({ vllm: true });
    expect(
      Object.values(programs.state('kubectl') as object).filter((labels) => Object.keys(labels).length > 0),
    ).toEqual([]);
    expect(programs.state('helm')).toMatchObject({ image: 'x' });
    expect(programs.state('helm')).not.toMatchObject({ warmset: { enabled: true } });
    // And once more without a rollback between.
    programs.trouble(kind, word);
    await run('promote', ...force);
    if (text.startsWith('helm')) await run('promote', ...force);
    programs.settle();
    expect((await run('promote', ...force)).code).toBe(0);
    expect(json(await run('plan', '--json')).stages).toMatchObject([{ state: 'done' }, {}]);
  },
);

it('a rollback that is killed goes on at the next call, and one that fails says what is left', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  await run('promote', '--apply');
  programs.trouble('kill-after', 'docker compose --file /srv/compose.yaml --profile warm stop');
  expect((await run('rollback')).signal).toBe('SIGKILL');
  programs.settle();
  programs.trouble('fail', 'systemctl disable');
  const half = await run('rollback', '--json');
  expect(half.code).toBe(1);
  expect(json(half)).toMatchObject({
    complete: false,
    actions: [
      { outcome: 'undone' },
      { outcome: 'failed', why: expect.stringContaining('refused') },
      { outcome: 'undone' },
    ],
  });
  programs.settle();
  expect(json(await run('rollback', '--json'))).toMatchObject({
    complete: true,
    actions: [{ outcome: 'undone' }],
  });
  expect((await run('rollback')).stdout).toMatch(/nothing was done of it/);
});

it('what was so before the rollout stays so after it', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  programs.put('kubectl', { 'node-a': { 'warmset.io/keep': 'canary' } });
  await run('promote', '--apply');
  expect((await run('rollback')).stdout).toMatch(/left .*node-a/);
  expect(programs.state('kubectl')).toEqual({ 'node-a': { 'warmset.io/keep': 'canary' } });
});

it('a journal that cannot be read keeps nobody from rolling back: everything of the file is switched off', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  await run('promote', '--apply');
  const changes = directory.file('state', 'changes');
  const [first = ''] = readdirSync(changes).filter((name) => name.endsWith('.jsonl'));
  appendFileSync(`${changes}/${first}`, 'garbage\n');
  const back = await run('rollback');
  expect(back.code).toBe(1);
  expect(back.stdout).toMatch(/can't be read/);
  expect(programs.state('kubectl')).toEqual({ 'node-a': {} });
  expect(programs.state('docker')).toEqual({});
  expect(programs.state('systemctl')).toEqual({
    'warmset-keep@vllm.service': { enabled: false, active: false },
  });
});

it('without its file, or with one that is wrong, the name is enough', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { programs, run } = await site(directory);
  await run('promote', '--apply');
  await writeFile(directory.file('rollout.yaml'), 'stages: [');
  expect((await run('rollback')).code).toBe(2);
  expect((await run('rollback', '--name', 'wrm')).stdout).toMatch(
    /other rollouts that were not undone: warm/,
  );
  expect((await run('rollback', '--name', 'warm')).code).toBe(0);
  expect(programs.state('kubectl')).toEqual({ 'node-a': {} });
});

it('an action that was changed after it was done is refused', async () => {
  await using directory = await temporaryDirectory('rollout');
  const { run } = await site(directory);
  await run('promote', '--apply');
  await writeFile(directory.file('rollout.yaml'), JSON.stringify(ROLLOUT).replace('node-a', 'node-b'));
  const refused = await run('promote', ...force);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/another action than the file has now/);
});
