import { describe, expect, it } from 'vitest';
import { analyse } from '../../../lib/experiment/analyse.ts';
import type { Trial } from '../../../lib/experiment/types.ts';
import { formatP, judgeExperiment } from '../../../lib/experiment/verdict.ts';
import { aDesign, aTrial, trialsOf } from './trials.ts';

const COLD = [5000, 5200, 4900, 5100, 5050];
const WARM = [1000, 1100, 950, 1020, 1010];

function judge(trials: readonly Trial[], design = aDesign()) {
  const [verdict] = judgeExperiment(analyse(design, trials));
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

describe('the verdict', () => {
  it('says by how much and how certain', () => {
    const verdict = judge([...trialsOf('cold', COLD), ...trialsOf('warm', WARM)]);
    expect(verdict).toMatchObject({ kind: 'worth-it', breakEvenStarts: null });
    expect(verdict.headline).toBe('Worth it here: a warm start takes 1.01 s, a cold one 5.05 s.');
    expect(verdict.sentences).toEqual([
      'A warm start is 5.00 times as fast as a cold one and saves 4.04 s (between 3.89 s and 4.19 s with 96.8 % confidence; p = 0.0079, Mann–Whitney); no trial of the one lies among those of the other.',
    ]);
  });

  it('sets the cost of a fill against what it saves', () => {
    const trials = [...trialsOf('cold', COLD), ...trialsOf('warm', WARM)];
    const dear = judge([...trials, ...trialsOf('prewarm', WARM, { preparationMs: 9000, totalMs: 10_000 })]);
    expect(dear.breakEvenStarts).toBe(3);
    expect(dear.sentences.join(' ')).toContain('it has paid for itself at start number 3 of that kind');
    expect(dear.sentences.join(' ')).toContain('only moves the waiting');
    expect(dear.sentences.join(' ')).toContain('costs 4.95 s more');
    const cheap = judge([...trials, ...trialsOf('prewarm', WARM, { preparationMs: 2000, totalMs: 3000 })]);
    expect(cheap.breakEvenStarts).toBe(1);
    expect(cheap.sentences.join(' ')).toContain('pays even right before the start');
    // Quicker than what it saves, but the trials of both in a row don't show it.
    const doubtful = judge([
      ...trials,
      ...trialsOf('prewarm', [900, 5000, 1000, 4000, 950], { preparationMs: 2000 }),
    ]);
    expect(doubtful.breakEvenStarts).toBe(1);
    expect(doubtful.sentences.join(' ')).toContain('only moves the waiting, as far as prewarm shows');
  });

  it('says when it is not worth it', () => {
    const slight = judge([...trialsOf('cold', COLD), ...trialsOf('warm', [4800, 4850, 4810, 4820, 4830])]);
    expect(slight).toMatchObject({ kind: 'not-worth-it', breakEvenStarts: null });
    expect(slight.headline).toMatch(/^Not worth it here: /);
    const same = judge([
      ...trialsOf('cold', [5000, 5020, 5010, 5005, 5015]),
      ...trialsOf('warm', [5001, 5021, 5011, 5004, 5014]),
    ]);
    expect(same.kind).toBe('not-worth-it');
    expect(same.sentences[0]).toContain("isn't shown to differ");
    const slower = judge([...trialsOf('cold', WARM), ...trialsOf('warm', COLD)]);
    expect(slower.kind).toBe('not-worth-it');
    expect(slower.sentences[0]).toContain(
      'slower than a cold one and costs 4.04 s more (between 3.89 s and 4.19 s',
    );
  });

  it('leaves open what so few or so scattered trials leave open', () => {
    const three = judge([...trialsOf('cold', COLD.slice(0, 3)), ...trialsOf('warm', WARM.slice(0, 3))]);
    expect(three.kind).toBe('undecided');
    expect(three.sentences.join(' ')).toContain('take five rounds or more');
    const scattered = judge([
      ...trialsOf('cold', [1000, 9000, 3000, 5000, 7000]),
      ...trialsOf('warm', [2000, 8000, 900, 4000, 5500]),
    ]);
    expect(scattered.kind).toBe('undecided');
    expect(scattered.sentences.join(' ')).toContain('More rounds');
  });

  it('counts no void trial, and needs three of each', () => {
    const { type, index, round, condition, scheduler, attempt, startedAt } = aTrial({ condition: 'warm' });
    const empty: Trial = {
      type,
      index,
      round,
      condition,
      scheduler,
      attempt,
      startedAt,
      state: 'void',
      why: 'x',
    };
    const verdict = judge([...trialsOf('cold', COLD), ...trialsOf('warm', WARM.slice(0, 2)), empty, empty]);
    expect(verdict.headline).toBe('Undecided: too few trials.');
    expect(verdict.sentences[0]).toContain('5 cold');
    expect(verdict.sentences[0]).toContain('2 warm');
  });

  it('judges each scheduler by its own trials', () => {
    const of = (scheduler: string, warm: readonly number[]) => [
      ...trialsOf('cold', COLD, { scheduler }),
      ...trialsOf('warm', warm, { scheduler }),
    ];
    const design = aDesign({ schedulers: ['none', 'mq-deadline'] });
    const verdicts = judgeExperiment(analyse(design, [...of('none', WARM), ...of('mq-deadline', COLD)]));
    expect(verdicts.map(({ scheduler, kind }) => [scheduler, kind])).toEqual([
      ['none', 'worth-it'],
      ['mq-deadline', 'not-worth-it'],
    ]);
  });

  it('writes chances as people do', () => {
    expect([0.0079365, 0.1, 1, 0.00001].map(formatP)).toEqual([
      'p = 0.0079',
      'p = 0.1',
      'p = 1',
      'p < 0.0001',
    ]);
  });
});
