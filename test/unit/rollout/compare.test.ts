import { expect, it } from 'vitest';
import { compare } from '../../../lib/rollout/gates/compare.ts';
import { dice } from '../../support/rollout-series.ts';

/** How often a canary of this true ratio passes by one comparison, its windows scattered by `spread`. */
function passes(truth: number, spread: number): number {
  let passed = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const { normal } = dice(seed);
    const values = Array.from({ length: 40 }, () => Math.log(truth) + spread * normal());
    const { verdict } = compare({
      what: 'x',
      logRatio: (kept) => kept.reduce((sum, at) => sum + (values[at] ?? 0), 0) / kept.length,
      windows: values.map((_, at) => at),
      margin: 0.1,
      confidence: 0.95,
    });
    if (verdict === 'pass') passed += 1;
  }
  return passed / 300;
}

it('one that is worse by just the margin passes in 5 of 100 tries, whatever the scatter', () => {
  for (const spread of [0.05, 0.3]) expect(passes(1.1, spread)).toBeLessThanOrEqual(0.09);
});

it('one that is as good passes with little scatter, and has to wait with much', () => {
  expect(passes(1, 0.1)).toBeGreaterThan(0.95);
  expect(passes(1, 0.5)).toBeLessThan(0.5);
});
