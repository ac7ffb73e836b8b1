import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDesign, parseCondition, planTrials } from '../../../lib/experiment/design.ts';
import { aDesign, CONDITIONS } from './trials.ts';

describe('a design', () => {
  it('has every condition once a round, with each scheduler, in an order that the seed decides', () => {
    const schedulers = fc.subarray(['none', 'mq-deadline', 'bfq']);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9 }), fc.nat(2 ** 32 - 1), schedulers, (rounds, seed, some) => {
        const design = aDesign({ rounds, seed, schedulers: some });
        const plan = planTrials(design);
        expect(planTrials(design)).toEqual(plan);
        expect(plan.map(({ index }) => index)).toEqual(plan.map((_, at) => at));
        const cells = Math.max(1, some.length) * CONDITIONS.length;
        for (let round = 0; round < rounds; round += 1) {
          const block = plan.slice(round * cells, (round + 1) * cells);
          expect(block.every((trial) => trial.round === round)).toBe(true);
          expect(new Set(block.map((trial) => `${trial.scheduler} ${trial.condition}`)).size).toBe(cells);
        }
      }),
    );
  });

  it('mixes: each condition comes first now and then', () => {
    const firsts = Array.from({ length: 60 }, (_, seed) => planTrials(aDesign({ seed }))[0]?.condition);
    expect(new Set(firsts)).toEqual(new Set(CONDITIONS.map(({ name }) => name)));
  });

  it.each([
    [{ rounds: 2 }, /2 rounds/],
    [{ rounds: 3.5 }, /3.5 rounds/],
    [{ seed: -1 }, /seed -1/],
    [{ conditions: CONDITIONS.slice(1) }, /cold is missing/],
    [{ conditions: CONDITIONS.slice(0, 2) }, /warm is missing/],
    [{ conditions: [...CONDITIONS, ...CONDITIONS.slice(0, 1)] }, /cold is named twice/],
    [{ schedulers: ['none', 'none'] }, /none is named twice/],
    [{ conditions: [...CONDITIONS, { kind: 'command', name: 'A b', command: 'x' }] }, /"A b"/],
  ] as const)('%j is refused', (over, message) => {
    expect(() => checkDesign(aDesign(over))).toThrow(message);
  });

  it('takes a command as a condition', () => {
    expect(parseCondition('vmtouch=vmtouch -t a=b')).toEqual({
      kind: 'command',
      name: 'vmtouch',
      command: 'vmtouch -t a=b',
    });
    expect(parseCondition('warm')).toEqual({ kind: 'warm', name: 'warm' });
    for (const word of ['hot', 'cold=true', 'x=', '=x ']) {
      if (word === '=x ')
        expect(() => checkDesign(aDesign({ conditions: [...CONDITIONS, parseCondition(word)] }))).toThrow(
          /""/,
        );
      else expect(() => parseCondition(word)).toThrow(/no condition/);
    }
  });
});
