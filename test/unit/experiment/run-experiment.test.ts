import { appendFile, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WarmsetError } from '../../../lib/errors.ts';
import { readJournal } from '../../../lib/experiment/journal.ts';
import { type ExperimentOptions, runExperiment } from '../../../lib/experiment/run-experiment.ts';
import type { DoneTrial, Trial } from '../../../lib/experiment/types.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../support/temp.ts';
import { FakeExperiment, SET } from './fake-experiment.ts';
import { aDesign, CONDITIONS } from './trials.ts';

let directory: TemporaryDirectory;
let fake: FakeExperiment;

beforeEach(async () => {
  directory = await temporaryDirectory();
  fake = new FakeExperiment();
});
afterEach(() => directory[Symbol.asyncDispose]());

const design = aDesign({ rounds: 3 });

function run(options: Partial<ExperimentOptions> = {}) {
  return runExperiment(SET, { design, directory: directory.path, ...options }, fake.host);
}

const of = (trials: readonly Trial[], name: string): DoneTrial[] =>
  trials.filter((trial) => trial.condition === name && trial.state === 'done') as DoneTrial[];

describe('an experiment', () => {
  it('takes every trial from cold, as its condition says, and writes each down', async () => {
    const result = await run();
    expect(result.missing).toBe(0);
    for (const [name, preparationMs, loadMs] of [
      ['cold', null, 100],
      ['warm', null, 10],
      ['prewarm', 60, 10],
    ] as const) {
      expect(of(result.trials, name)).toHaveLength(3);
      for (const trial of of(result.trials, name)) {
        expect(trial).toMatchObject({ preparationMs, loadMs, totalMs: loadMs + (preparationMs ?? 0) });
      }
    }
    expect(of(result.trials, 'run')).toHaveLength(3);
    expect(of(result.trials, 'cold')[0]?.residentAtLoad).toBe(0);
    expect(of(result.trials, 'warm')[0]?.residentAtLoad).toBe(SET.size);
    expect(of(result.trials, 'cold')[0]?.interference).toMatchObject({
      deviceBytes: 100_000,
      ourBytes: 90_000,
      othersBytes: 10_000,
      stalledMs: { io: null },
    });
    expect((await readJournal(directory.path)).trials).toEqual(result.trials);
  });

  it('reads once before the first trial, unless told not to', async () => {
    await run();
    expect(fake.log.slice(0, 2)).toEqual(['evict', 'scan']);
    expect(fake.log.filter((word) => word === 'scan')).toHaveLength(13);
    fake = new FakeExperiment();
    await using other = await temporaryDirectory();
    await run({ directory: other.path, design: { ...design, prelude: false } });
    expect(fake.log.filter((word) => word === 'scan')).toHaveLength(12);
  });

  it('takes a trial that is not cold for void, says why, and takes it again', async () => {
    fake.stubborn = [0, 3];
    const { trials } = await run();
    expect(trials[0]).toMatchObject({ state: 'void', attempt: 1, why: '3 pages stayed in memory' });
    expect(trials[1]).toMatchObject({ state: 'done', attempt: 2, index: 0 });
    expect(trials).toHaveLength(13);
  });

  it('gives a trial up after three attempts, and goes on', async () => {
    fake.stubborn = [0, 3, 3, 3];
    const { trials, missing } = await run();
    expect(trials.slice(0, 4).map(({ index, state }) => `${index} ${state}`)).toEqual([
      '0 void',
      '0 void',
      '0 void',
      '1 done',
    ]);
    expect(missing).toBe(0);
  });

  it('takes a failed reader and a stopped fill for void', async () => {
    const failing = run({
      design: { ...design, conditions: CONDITIONS.filter(({ name }) => name !== 'run') },
    });
    fake.fillStopped = 'the neighbours read';
    const { trials } = await failing;
    expect(of(trials, 'prewarm')).toEqual([]);
    expect(trials.find(({ condition }) => condition === 'prewarm')).toMatchObject({
      state: 'void',
      why: 'the fill was stopped: the neighbours read',
    });
    expect(of(trials, 'cold')).toHaveLength(3);
  });

  it('refuses files that can not be made cold, and a set that does not fit, before anything is written', async () => {
    fake.stubborn = [5];
    await expect(run()).rejects.toThrow('5 pages stayed in memory');
    await using other = await temporaryDirectory();
    fake.leftOut = 1;
    await expect(run({ directory: other.path })).rejects.toThrow("the set doesn't fit");
    await expect(readJournal(other.path)).rejects.toMatchObject({ code: 'WARMSET_EXPERIMENT' });
  });

  it('is not overwritten', async () => {
    await run();
    await expect(run()).rejects.toMatchObject({
      code: 'WARMSET_EXPERIMENT',
      remedy: expect.stringContaining('--resume'),
    });
  });

  it('ends where it is aborted and goes on from there, half a line or not', async () => {
    const controller = new AbortController();
    let seen = 0;
    const onEvent: ExperimentOptions['onEvent'] = ({ type }) => {
      if (type === 'done' && ++seen === 5) controller.abort();
    };
    const broken = await run({ signal: controller.signal, onEvent });
    expect(broken).toMatchObject({ missing: 7 });
    await appendFile(directory.file('trials.jsonl'), '{"type":"trial","index":5,"half');
    const resume = await readJournal(directory.path);
    fake.machine = { ...fake.machine, readAheadKb: 4096 };
    const whole = await run({ resume, design: aDesign({ rounds: 9, seed: 99 }) });
    expect(whole.missing).toBe(0);
    expect(whole.trials.slice(0, 5)).toEqual(broken.trials);
    expect(whole.trials.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, at) => at));
    expect(whole.differences).toMatchObject([
      { what: 'read-ahead in KiB', was: '128', is: '4096', grave: false },
    ]);
    expect((await readJournal(directory.path)).trials).toEqual(whole.trials);
    expect(await readFile(directory.file('trials.jsonl'), 'utf8')).not.toContain('half');
  });

  it('does not go on with other files or another kernel', async () => {
    await run();
    const resume = await readJournal(directory.path);
    fake.modifiedNs = '4';
    await expect(run({ resume })).rejects.toThrow('/models/a was inode 2 of device 1');
    fake.modifiedNs = '3';
    fake.machine = { ...fake.machine, kernel: '7.0' };
    await expect(run({ resume })).rejects.toThrow('kernel was 6.18.0 and is 7.0');
  });

  it('starts a server for each trial, times it to its first token, and stops it', async () => {
    const reader = { kind: 'server', command: 'serve {}', url: null, model: null, prompt: null } as const;
    const { trials } = await run({ design: { ...design, reader } });
    expect(of(trials, 'cold')[0]).toMatchObject({
      loadMs: 515,
      server: { readyMs: 500, first: { ttftMs: 15 } },
    });
    expect(of(trials, 'warm')[0]).toMatchObject({
      loadMs: 215,
      server: { readyMs: 200, second: { tokens: 8 } },
    });
    expect(fake.log.filter((word) => word === "start serve '/models/a'")).toHaveLength(12);
    expect(fake.log.filter((word) => word === 'stop')).toHaveLength(12);
    // Not before it is gone is anything evicted that it may have mapped.
    for (const [at, word] of fake.log.entries())
      if (word === 'ask' && fake.log[at + 1] !== 'ask') expect(fake.log[at + 1]).toBe('stop');
  });

  it('says at once where servers can not be started', async () => {
    const reader = { kind: 'server', command: 'x', url: null, model: null, prompt: null } as const;
    const host = { ...fake.host, server: null };
    const running = runExperiment(SET, { design: { ...design, reader }, directory: directory.path }, host);
    await expect(running).rejects.toMatchObject({ code: 'WARMSET_UNSUPPORTED' });
  });

  it('sets each scheduler before its trials and puts the old one back, also when something breaks', async () => {
    await run({ design: { ...design, schedulers: ['none', 'bfq'] } });
    expect(fake.log[0]).toBe('switch nvme0n1 none bfq');
    expect(fake.log.at(-1)).toBe('put back');
    expect(fake.log.filter((word) => word === 'use bfq')).toHaveLength(12);
    fake = new FakeExperiment();
    fake.failures = [new WarmsetError('WARMSET_BAD_ARGUMENT', 'broken')];
    await using other = await temporaryDirectory();
    await expect(run({ directory: other.path, design: { ...design, schedulers: ['none'] } })).rejects.toThrow(
      'broken',
    );
    expect(fake.log.at(-1)).toBe('put back');
  });

  it('drops all caches only when asked', async () => {
    await run();
    expect(fake.log).not.toContain('drop');
    await using other = await temporaryDirectory();
    await run({ directory: other.path, design: { ...design, dropCaches: true } });
    expect(fake.log.filter((word) => word === 'drop')).toHaveLength(13);
  });
});
