import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Contest, type Interval } from '../../../../lib/launch/beside/verdict.ts';

const MIB = 1024 * 1024;

const over = (
  theirMib: number,
  ownMib: number,
  elapsedMs = 1000,
  heldBack = false,
  fetchedMib = ownMib,
): Interval => ({
  elapsedMs,
  theirBytes: theirMib * MIB,
  ownBytes: ownMib * MIB,
  fetchedBytes: fetchedMib * MIB,
  queuedBytes: null,
  heldBack,
});

const rulings = (...intervals: readonly Interval[]): readonly string[] => {
  const contest = new Contest();
  return intervals.map((interval) => contest.observe(interval).action);
};

describe('a fill beside a loader that reads from the device', () => {
  it('goes on while the loader reads nothing, or next to nothing', () => {
    expect(rulings(over(0, 2000), over(1, 2000), over(0, 0))).toEqual(['fill', 'fill', 'fill']);
  });

  it('lets it be seen alone first, then tries', () => {
    expect(rulings(over(800, 900), over(1000, 0))).toEqual(['rest', 'fill']);
  });

  it('goes on where both together read more', () => {
    expect(rulings(over(1000, 0), over(800, 900), over(700, 1000))).toEqual(['fill', 'fill', 'fill']);
  });

  it('takes no gain for its own that it did not fetch', () => {
    const burst = over(100, 60, 1000, false, 1);
    expect(rulings(over(100, 0), burst)).toEqual(['fill', 'rest']);
    expect(rulings(over(100, 0), over(100, 60, 1000, false, 60))).toEqual(['fill', 'fill']);
  });

  it('steps aside where they do not, longer each time, and for good the third time', () => {
    const both = over(500, 500, 250);
    const alone = over(1000, 0, 1000);
    expect(rulings(over(1000, 0), both, alone, both)).toEqual(['fill', 'fill', 'fill', 'fill']);
    const lose = over(125, 130, 250);
    expect(rulings(over(1000, 0), lose, alone, lose, over(2100, 0, 2100), lose)).toEqual([
      'fill',
      'rest',
      'fill',
      'rest',
      'fill',
      'stop',
    ]);
    expect(rulings(over(1000, 0), lose, over(250, 0, 250))).toEqual(['fill', 'rest', 'rest']);
  });

  it('comes back early when the loader leaves the device to itself', () => {
    const lose = over(125, 130, 250);
    expect(rulings(over(1000, 0), lose, over(50, 0, 250))).toEqual(['fill', 'rest', 'fill']);
  });

  it('says in the end what was measured', () => {
    const contest = new Contest();
    const lose = over(125, 130, 250);
    for (const each of [over(1000, 0), lose, over(1000, 0), lose, over(2100, 0, 2100)]) contest.observe(each);
    expect(contest.observe(lose)).toEqual({
      action: 'stop',
      why: expect.stringMatching(/together read 1020 MiB\/s, the loader alone 1000 MiB\/s/),
    });
  });

  it('rests for three seconds first where the loader alone keeps the queue full', () => {
    const full = { ...over(520, 0, 200), queuedBytes: 8 * MIB };
    const contest = new Contest();
    expect(contest.observe(full)).toEqual({ action: 'rest' });
    expect(contest.seen).toBe('full-queue');
    const waited = Array.from({ length: 15 }, () => contest.observe(full).action);
    expect(waited).toEqual([...Array<string>(14).fill('rest'), 'fill']);
    expect(contest.observe(over(400, 400, 250)).action).toBe('fill');
    expect(contest.seen).toBe('gain');
    expect(new Contest().observe({ ...full, queuedBytes: 8 * MIB - 1 }).action).toBe('fill');
  });

  it('says what its trials have shown', () => {
    const contest = new Contest();
    expect(contest.seen).toBe('nothing');
    contest.observe(over(1000, 0));
    expect(contest.seen).toBe('nothing');
    contest.observe(over(125, 130, 250));
    expect(contest.seen).toBe('no-gain');
  });

  it('learns nothing from what the guard held back', () => {
    const held = over(1000, 1, 1000, true);
    expect(rulings(over(1000, 0), held, held, held, held)).toEqual(Array(5).fill('fill'));
  });

  it('never stops for good at once, whatever is seen', () => {
    const interval = fc.record({
      elapsedMs: fc.nat({ max: 3000 }),
      theirBytes: fc.nat({ max: 4096 * MIB }),
      ownBytes: fc.nat({ max: 4096 * MIB }),
      fetchedBytes: fc.nat({ max: 4096 * MIB }),
      queuedBytes: fc.option(fc.nat({ max: 64 * MIB })),
      heldBack: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 5 }), (seen) => {
        const first = new Contest();
        const actions = seen.map((each) => first.observe(each).action);
        // Three trials and a look at the loader alone come before.
        expect(actions.slice(0, 3)).not.toContain('stop');
      }),
      { seed: 8 },
    );
  });
});
