import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeeperHappening, next } from '../../../lib/keeper/state-machine.ts';
import type { KeeperState, StoppedWhy } from '../../../lib/keeper/types.ts';

const START: KeeperState = { name: 'stopped', why: 'not-started', detail: '' };
const backOff = { attempts: 1, untilMs: 9, reason: { code: 'swapping', message: 'it swaps' } } as const;

const happening: fc.Arbitrary<KeeperHappening> = fc.oneof(
  fc.constant({ name: 'started' } as const),
  fc.constant({ name: 'sweep-began', atMs: 1 } as const),
  fc.constant({ name: 'fill-began', atMs: 2, set: 'a' } as const),
  fc.constant({ name: 'fill-ended', atMs: 3 } as const),
  fc.record({
    name: fc.constant('sweep-ended' as const),
    nextSweepAtMs: fc.option(fc.nat()),
    backOff: fc.option(fc.constant(backOff)),
  }),
  fc.record({
    name: fc.constant('stopped' as const),
    why: fc.constantFrom<StoppedWhy>('closed', 'disabled', 'other-keeper', 'failed'),
    detail: fc.constant(''),
  }),
);

const REACHABLE: Readonly<Record<KeeperState['name'], readonly KeeperState['name'][]>> = {
  stopped: ['idle', 'stopped'],
  idle: ['sweeping', 'stopped'],
  'backing-off': ['sweeping', 'stopped'],
  sweeping: ['filling', 'idle', 'backing-off', 'stopped'],
  filling: ['filling', 'sweeping', 'idle', 'backing-off', 'stopped'],
};

describe('the state machine', () => {
  test('whatever happens: only steps that make sense, and closed is the end', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
        let state: KeeperState = START as KeeperState;
        for (const one of happenings) {
          const after = next(state, one);
          if (after !== state) expect(REACHABLE[state.name]).toContain(after.name);
          if (state.name === 'stopped' && state.why === 'closed') expect(after).toBe(state);
          state = after;
        }
      }),
    );
  });

  test('a sweep that ends in a back-off says until when and why', () => {
    const sweeping = next(next(START, { name: 'started' }), { name: 'sweep-began', atMs: 1 });
    expect(next(sweeping, { name: 'sweep-ended', nextSweepAtMs: 5, backOff })).toEqual({
      name: 'backing-off',
      untilMs: 9,
      reason: backOff.reason,
    });
  });

  test('a keeper that was rolled back may start again', () => {
    const stopped = next(START, { name: 'stopped', why: 'disabled', detail: 'off' });
    expect(next(stopped, { name: 'started' })).toEqual({ name: 'idle', nextSweepAtMs: null });
  });
});
