import { describe, expect, it } from 'vitest';
import { judgeGate } from '../../../lib/rollout/index.ts';
import { type dice, gate, histograms, type Made, TERMS } from '../../support/rollout-series.ts';

const usual: Made['latency'] = (_, { normal }) => 0.4 * Math.exp(0.4 * normal());
const times =
  (factor: number): Made['latency'] =>
  (window, random) =>
    factor * usual(window, random);
const GATE = gate('latency');

const judge = (canary: readonly Made[], control: readonly Made[] = [{ latency: usual, seed: 99 }]) =>
  judgeGate(GATE, histograms({ canary, control }), TERMS, false);
const codes = (...given: Parameters<typeof judge>) => judge(...given).findings.map(({ code }) => code);

describe('a canary that is', () => {
  it('as good passes', () => {
    const { verdict, findings } = judge(
      [{ latency: usual, perWindow: 400 }],
      [{ latency: usual, perWindow: 400, seed: 9 }],
    );
    expect(findings.filter((one) => one.verdict !== 'pass')).toEqual([]);
    expect(verdict).toBe('pass');
  });

  it('better passes, too', () => {
    expect(judge([{ latency: times(0.5) }]).verdict).toBe('pass');
  });

  const slow =
    (share: number, seconds: number): Made['latency'] =>
    (window, random) =>
      random.uniform() < share ? seconds : usual(window, random);
  const WORSE: readonly (readonly [string, Made['latency'], string])[] = [
    ['slower by a third', times(1.33), 'worse'],
    ['bimodal behind p95', slow(0.03, 4), 'worse'],
    ['bimodal behind p99', slow(0.008, 8), 'worse-tail'],
    ['hanging beyond the last bucket', slow(0.02, 60), 'beyond-buckets'],
    [
      'drifting at the end',
      (window, random) => (window > 32 ? 1.6 : 0.95) * usual(window, random),
      'worse-lately',
    ],
    [
      'awful in few windows',
      (window, random) => (window % 10 === 3 ? 6 : 1) * usual(window, random),
      'worse',
    ],
  ];
  it.each(WORSE)('%s fails', (_, latency, code) => {
    const { verdict, findings } = judge(
      [{ latency, perWindow: 200 }],
      [{ latency: usual, perWindow: 200, seed: 9 }],
    );
    expect(verdict).toBe('fail');
    expect(findings.map((one) => one.code)).toContain(code);
  });

  it('slower within one bucket fails by its mean, which no bucket blurs', () => {
    const control = (_: number, { uniform }: ReturnType<typeof dice>): number => 0.31 + 0.02 * uniform();
    const canary = (_: number, { uniform }: ReturnType<typeof dice>): number => 0.46 + 0.02 * uniform();
    const { verdict, findings } = judge([{ latency: canary }], [{ latency: control }]);
    expect(verdict).toBe('fail');
    expect(findings[0]?.message).toMatch(/mean against control/);
  });

  it('bad on one of five replicas fails, although all together are within the margin', () => {
    const canary = [1, 1, 1, 1, 1.45].map(
      (factor, at): Made => ({
        latency: times(factor),
        instance: `r${at}`,
        seed: at,
        perWindow: 100,
      }),
    );
    expect(codes(canary)).toContain('worse-replica');
    expect(judge(canary).verdict).toBe('fail');
  });

  it('idle on one of its replicas is not judged', () => {
    const canary = [100, 100, 0].map(
      (perWindow, at): Made => ({ latency: usual, instance: `r${at}`, seed: at, perWindow }),
    );
    expect(judge(canary).verdict).toBe('insufficient');
    expect(codes(canary)).toContain('no-traffic');
  });
});

describe('what is not known is no pass', () => {
  it('few requests, few windows, none at all', () => {
    expect(judge([{ latency: usual, perWindow: 2 }]).verdict).toBe('insufficient');
    expect(codes([{ latency: usual, perWindow: 2 }])).toContain('too-few');
    expect(codes([{ latency: usual, windows: 8 }], [{ latency: usual, windows: 8 }])).toContain('too-few');
    expect(codes([{ latency: usual, perWindow: 0 }])).toContain('no-traffic');
  });

  it('a control that is ill itself, and only that', () => {
    const sides = {
      canary: [{ latency: times(3) }],
      baseline: [{ latency: times(3) }],
      control: [{ latency: times(3), seed: 5 }],
    };
    const ill = histograms({ ...sides, 'control-baseline': [{ latency: usual }] });
    const well = histograms({ ...sides, 'control-baseline': [{ latency: times(3) }] });
    const found = judgeGate(GATE, ill, TERMS, true);
    expect(found.findings.map(({ code }) => code)).toContain('control-degraded');
    expect(found.verdict).not.toBe('pass');
    expect(judgeGate(GATE, well, TERMS, true).findings.map(({ code }) => code)).not.toContain(
      'control-degraded',
    );
  });

  it('a canary worse than its own baseline fails although the control is as bad', () => {
    const sides = histograms({
      canary: [{ latency: times(1.5) }],
      control: [{ latency: times(1.5), seed: 5 }],
      baseline: [{ latency: usual }],
      'control-baseline': [{ latency: usual, seed: 5 }],
    });
    expect(judgeGate(GATE, sides, TERMS, true).verdict).toBe('fail');
  });
});

describe('over many tries', () => {
  const TRIES = 60;
  const share = (factor: number, verdict: string): number => {
    let found = 0;
    for (let seed = 1; seed <= TRIES; seed += 1) {
      const canary = [{ latency: times(factor), seed, perWindow: 120, windows: 40 }];
      const control = [{ latency: usual, seed: seed + 1000, perWindow: 120, windows: 40 }];
      if (judge(canary, control).verdict === verdict) found += 1;
    }
    return found / TRIES;
  };

  it('the same distribution passes almost always, one beyond the margin almost never, and fails by then', () => {
    expect(share(1, 'pass')).toBeGreaterThan(0.8);
    expect(share(1.1, 'pass')).toBeLessThanOrEqual(0.05);
    expect(share(1.25, 'fail')).toBe(1);
  }, 60_000);
});
