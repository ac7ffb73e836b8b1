import { describe, expect, it } from 'vitest';
import { decideBySpread, holds, worst } from '../../../bench/report/goals/goal.ts';
import { judge } from '../../../bench/report/goals.ts';
import { type ResultFile, type Sample, SCHEMA } from '../../../bench/results.ts';
import { spreadOf } from '../../../bench/statistics.ts';

const ASKED = { id: 'goal', what: 'What', goal: '≥ 2' };
const show = (number: number): string => String(number);

const MACHINE: ResultFile['machine'] = {
  kernel: '6.18.0',
  cpu: 'A processor',
  cpus: 2,
  memoryBytes: 8 * 1024 ** 3,
  filesystem: 'ext4',
  device: null,
  transparentHugePages: 'madvise',
  node: 'v20.19.0',
  peers: { fio: '3.33', vmtouch: null, fincore: '2.38', cat: '9.1', dd: '9.1', find: '4.9', xargs: '4.9' },
};

function resultOf(kind: ResultFile['kind'], samples: readonly Sample[]): ResultFile {
  const ids = [...new Set(samples.map(({ contender }) => contender))];
  return {
    schema: SCHEMA,
    kind,
    mode: 'full',
    started: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    seed: 1,
    rounds: 2,
    machine: MACHINE,
    noise: { loadBefore: 0, loadAfter: 1, stolen: null },
    settings: {},
    contenders: ids.map((id) => ({ id, label: id, command: id })),
    missing: [],
    voids: [],
    samples,
  };
}

function samplesOf(contender: string, all: readonly Sample['values'][]): readonly Sample[] {
  return all.map((values, index) => ({ round: index + 1, contender, variant: '', values }));
}

function verdictOf(results: Parameters<typeof judge>[0], id: string): string | undefined {
  return judge(results).find((goal) => goal.id === id)?.verdict;
}

describe('decideBySpread', () => {
  it('lets the median decide and says where the rounds disagree', () => {
    const goal = decideBySpread(ASKED, spreadOf([1, 2, 3]), { atLeast: 2 }, show);
    expect(goal.verdict).toBe('met');
    expect(goal.reached).toBe('2 (1.5 – 2.5); the rounds disagree');
  });

  it('never calls met what was not measured', () => {
    expect(decideBySpread(ASKED, undefined, { atLeast: 2 }, show).verdict).toBe('not measured');
  });
});

it('keeps to every side of a bound', () => {
  expect(holds(2, { atLeast: 2 })).toBe(true);
  expect(holds(1, { moreThan: 1 })).toBe(false);
  expect(holds(3, { atMost: 2 })).toBe(false);
});

it('finds the comparison that is nearest to failing', () => {
  const compared = [1, 3, 2].map((factor) => ({ factor, spread: spreadOf([factor]) }));
  expect(worst(compared, 'least')?.factor).toBe(1);
  expect(worst(compared, 'most')?.factor).toBe(3);
});

describe('judge', () => {
  it('says of every goal that it was not measured when nothing was', () => {
    const goals = judge({});
    expect(goals.length).toBeGreaterThan(15);
    expect(new Set(goals.map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
    expect(new Set(goals.map(({ id }) => id)).size).toBe(goals.length);
  });

  it("compares the fill with fio's best by the clocks of both, and with the others as whole processes", () => {
    const GIB = 1024 ** 3;
    const fill = (own: number, wall: number) => ({ bytes: GIB, resident: GIB, own, wall, cpu: 0.02 });
    const samples = [
      ...samplesOf('warmset', [fill(1, 1.2), fill(1, 1.2)]),
      ...samplesOf('fio-slow', [fill(2, 2), fill(2, 2)]),
      ...samplesOf('fio-direct', [
        { ...fill(0.9, 2), resident: 0 },
        { ...fill(0.9, 2), resident: 0 },
      ]),
      ...samplesOf('cat', [fill(1.5, 1.5), fill(1.5, 1.5)]),
    ];
    const results = { 'large-fill': resultOf('large-fill', samples) };
    // 0.9 of the best of fio isn't 0.95, whatever the slower ways of fio are.
    expect(verdictOf(results, 'rate-fio')).toBe('MISSED');
    expect(verdictOf(results, 'rate-peers-cli')).toBe('met');
    expect(verdictOf(results, 'rate-peers')).toBe('not measured');
    expect(verdictOf(results, 'cpu-cli')).toBe('met');
    expect(verdictOf(results, 'cpu')).toBe('not measured');
    expect(verdictOf(results, 'cpu-vmtouch')).toBe('not measured');
  });

  it('lets the worst set decide on the residency query', () => {
    const sample = (contender: string, variant: string, query: number): Sample => ({
      round: 1,
      contender,
      variant,
      values: { query, wall: query },
    });
    const samples = [
      sample('warmset-library', '1 GiB, cold', 0.001),
      sample('vmtouch', '1 GiB, cold', 0.02),
      sample('warmset-library', '4 GiB, cold', 0.01),
      sample('vmtouch', '4 GiB, cold', 0.05),
    ];
    expect(verdictOf({ query: resultOf('query', samples) }, 'query-vmtouch')).toBe('MISSED');
    expect(verdictOf({ query: resultOf('query', samples.slice(0, 2)) }, 'query-vmtouch')).toBe('met');
  });

  it('judges memory by its highest peak', () => {
    const peak = (peakMemory: number) => ({ peakMemory, files: 1, bytes: 1, wall: 1 });
    const samples = samplesOf('warmset', [peak(50 * 1024 ** 2), peak(81 * 1024 ** 2)]);
    expect(verdictOf({ memory: resultOf('memory', samples) }, 'memory')).toBe('MISSED');
  });
});
