import { describe, expect, it } from 'vitest';
import type { RawSeries } from '../../../lib/rollout/index.ts';
import { judgeGate } from '../../../lib/rollout/index.ts';
import { worstOf } from '../../../lib/rollout/types.ts';
import { counter, dice, gate, reading, series, TERMS } from '../../support/rollout-series.ts';

const noisy = (mean: number, seed: number): ((window: number) => number) => {
  const { normal } = dice(seed);
  return () => Math.max(0, Math.round(mean * (1 + 0.05 * normal())));
};
const replica = (instance: string, mean: number, seed = instance.charCodeAt(0)): RawSeries =>
  counter(noisy(mean, seed), { instance });

describe('throughput and load, by replica', () => {
  const read = (canary: readonly RawSeries[], control: readonly RawSeries[]) => ({
    counter: { canary: reading(canary), control: reading(control) },
  });
  const control = ['x', 'y', 'z'].map((name) => replica(name, 1000));

  it('one replica that does what each of three does passes', () => {
    expect(judgeGate(gate('throughput'), read([replica('a', 1000)], control), TERMS, false).verdict).toBe(
      'pass',
    );
    expect(judgeGate(gate('load'), read([replica('a', 1000)], control), TERMS, false).verdict).toBe('pass');
  });

  it.each([
    ['does a fifth less', [replica('a', 800)], 'worse'],
    ['has one that does half', [replica('a', 1100), replica('b', 1100), replica('c', 500)], 'worse-replica'],
    ['slows down', [counter((window) => (window < 28 ? 1010 : 700))], 'worse-lately'],
  ])('a canary that %s fails', (_, canary, code) => {
    const { verdict, findings } = judgeGate(gate('throughput'), read(canary, control), TERMS, false);
    expect(verdict).toBe('fail');
    expect(findings.map((one) => one.code)).toContain(code);
  });

  it('a canary that is spared is not judged by its speed', () => {
    const { verdict, findings } = judgeGate(gate('load'), read([replica('a', 500)], control), TERMS, false);
    expect(verdict).toBe('insufficient');
    expect(findings[0]?.code).toBe('uneven-load');
  });

  it('a replica that is not asked for anything is told', () => {
    const canary = [replica('a', 1500), replica('b', 1500), counter(() => 0, { instance: 'c' })];
    const { verdict, findings } = judgeGate(gate('load'), read(canary, control), TERMS, false);
    expect(verdict).toBe('insufficient');
    expect(findings[0]).toMatchObject({ code: 'no-traffic', message: expect.stringContaining('replica c') });
  });

  it('a control without traffic proves nothing', () => {
    const still = read([replica('a', 10)], [counter(() => 0, { instance: 'x' })]);
    expect(judgeGate(gate('throughput'), still, TERMS, false).verdict).toBe('insufficient');
  });
});

describe('errors', () => {
  const GATE = gate('errors');
  const read = (
    errors: readonly RawSeries[],
    requests: readonly RawSeries[],
    other: readonly RawSeries[] = [],
  ) => ({
    errors: { canary: reading(errors), control: reading(other) },
    requests: { canary: reading(requests), control: reading([counter(() => 100, { instance: 'x' })]) },
  });
  const some = [counter((window) => (window % 20 === 0 ? 1 : 0), { instance: 'x' })];
  const requests = [counter(() => 100)];

  it('none of many passes, and so do as few as of the control', () => {
    const none = [counter(() => 0)];
    expect(judgeGate(GATE, read(none, requests, some), TERMS, false).verdict).toBe('pass');
  });

  it.each([
    ['fails every tenth request', [counter(() => 10)], 'above-limit'],
    ['begins to fail', [counter((window) => (window < 36 ? 0 : 30))], 'worse-lately'],
    ['fails a little more than the control', [counter((window) => (window % 5 < 4 ? 1 : 0))], 'worse'],
  ])('a canary that %s fails', (_, errors, code) => {
    const { verdict, findings } = judgeGate(GATE, read(errors, requests, some), TERMS, false);
    expect(verdict).toBe('fail');
    expect(findings.map((one) => one.code)).toContain(code);
  });

  it('errors of which the first makes the series count from the first on', () => {
    const late = [
      series([...new Array(30).fill(null), ...new Array(11).fill(400)], { instance: 'a', status: '5xx' }),
    ];
    const same = gate('errors', { metric: 'requests_total', labels: { status: '5xx' } });
    expect(judgeGate(same, read(late, requests), TERMS, false).verdict).toBe('fail');
  });

  it('no series of another name is not known, of the same name it is none', () => {
    expect(judgeGate(GATE, read([], requests, some), TERMS, false)).toMatchObject({
      verdict: 'insufficient',
      findings: [{ code: 'missing' }],
    });
    const same = gate('errors', { metric: 'requests_total', labels: { status: '5xx' } });
    expect(judgeGate(same, read([], requests), TERMS, false).verdict).toBe('pass');
  });

  it('few requests and none are not enough, and more errors than requests cannot be', () => {
    const judge = (errors: number, of: number) =>
      judgeGate(GATE, read([counter(() => errors)], [counter(() => of)], some), TERMS, false);
    expect(judge(0, 5).verdict).toBe('insufficient');
    expect(judge(0, 0).verdict).toBe('insufficient');
    expect(judge(9, 5).findings.map(({ code }) => code)).toContain('contradiction');
  });

  it('one replica that fails is not hidden by many that do not', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const errors = names.map((instance) => counter(() => (instance === 'j' ? 4 : 0), { instance }));
    const each = names.map((instance) => counter(() => 100, { instance }));
    const { findings } = judgeGate(GATE, read(errors, each, some), TERMS, false);
    expect(findings[0]).toMatchObject({
      code: 'worse-replica',
      message: expect.stringContaining('replica j'),
    });
  });
});

describe('limits', () => {
  const grows = (by: (window: number) => number) => ({ counter: { canary: reading([counter(by)]) } });

  it('a reconnect is one too many, and a reset of the counter hides none', () => {
    expect(
      judgeGate(
        gate('growth'),
        grows(() => 0),
        TERMS,
        false,
      ).verdict,
    ).toBe('pass');
    expect(
      judgeGate(
        gate('growth'),
        grows((window) => (window === 7 ? 1 : 0)),
        TERMS,
        false,
      ).verdict,
    ).toBe('fail');
    const reset = {
      counter: {
        canary: reading([series([...new Array(20).fill(50), ...new Array(21).fill(3)], { instance: 'a' })]),
      },
    };
    expect(judgeGate(gate('growth'), reset, TERMS, false).verdict).toBe('fail');
  });

  it('back-offs may take a tenth of the time', () => {
    const GATE = gate('growth', { mostPerHour: 360 });
    expect(
      judgeGate(
        GATE,
        grows(() => 5),
        TERMS,
        false,
      ).verdict,
    ).toBe('pass');
    expect(
      judgeGate(
        GATE,
        grows(() => 7),
        TERMS,
        false,
      ).verdict,
    ).toBe('fail');
  });

  const level = (values: readonly (number | null)[]) => ({
    gauge: { canary: reading([series(values, { instance: 'a', set: 'm' })]) },
  });
  const full = (value: number): (number | null)[] => new Array(41).fill(value);
  it.each([
    ['reached', full(0.99), 'pass'],
    ['not reached', full(0.6), 'fail'],
    ['lost at the end', [...full(1).slice(1), 0.2], 'fail'],
    ['reached only now', [...full(0.2).slice(20), ...full(1).slice(21)], 'fail'],
    ['not known at the end', [...full(1).slice(1), null], 'insufficient'],
    ['not a number', full(Number.NaN), 'insufficient'],
    ['known for a few minutes', [...new Array(35).fill(null), ...full(1).slice(35)], 'insufficient'],
  ])('residency that is %s', (_, values, verdict) => {
    expect(judgeGate(gate('level', { least: 0.95 }), level(values), TERMS, false).verdict).toBe(verdict);
  });

  it('restarts, replicas that have gone, and counters that fell', () => {
    const judge = (raw: readonly RawSeries[], metric = 'process_start_time_seconds') =>
      judgeGate(gate('restarts', { metric }), { gauge: { canary: reading(raw) } }, TERMS, false);
    expect(judge([series(full(1e9), { instance: 'a' })]).verdict).toBe('pass');
    const again = full(1e9).map((value, at) => (value ?? 0) + Math.floor(at / 10) * 600);
    expect(judge([series(again, { instance: 'a' })]).findings[0]).toMatchObject({ code: 'restarted' });
    const gone = [
      series(full(1), { instance: 'a' }),
      series([...full(1).slice(3), null, null, null], { instance: 'b' }),
    ];
    expect(judge(gone).verdict).toBe('fail');
    expect(judge([counter((window) => (window === 9 ? -100 : 3))], 'requests_total').verdict).toBe('fail');
  });
});

describe('readings that cannot be believed', () => {
  const GATE = gate('growth');
  const good = [counter(() => 0)];
  it.each([
    ['no answer', { state: 'unreadable' as const, why: 'status 502' }, 'unreadable'],
    ['no series', reading([]), 'missing'],
    ['an old one', reading(good, 40, 300_000), 'stale'],
    ['a partial answer', reading(good, 40, 0, ['one store did not answer']), 'partial-answer'],
    [
      'gaps',
      reading([
        series([...new Array(10).fill(0), ...new Array(10).fill(null), ...new Array(21).fill(0)], {
          instance: 'a',
        }),
      ]),
      'gaps',
    ],
    [
      'numbers that are none',
      reading([series([...new Array(40).fill(0), Number.NaN], { instance: 'a' })]),
      'not-a-number',
    ],
  ])('%s', (_, canary, code) => {
    const { verdict, findings } = judgeGate(GATE, { counter: { canary } }, TERMS, false);
    expect(verdict).toBe('insufficient');
    expect(findings.map((one) => one.code)).toContain(code);
  });

  it('too few replicas', () => {
    const found = judgeGate(
      GATE,
      { counter: { canary: reading(good) } },
      { ...TERMS, nodeReplicas: 2 },
      false,
    );
    expect(found.findings[0]).toMatchObject({ verdict: 'insufficient', code: 'replicas' });
  });

  it('nothing at all is no pass', () => {
    expect(worstOf([])).toBe('insufficient');
    expect(judgeGate(GATE, {}, TERMS, false).verdict).toBe('insufficient');
  });
});
