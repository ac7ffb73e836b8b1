import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute } from '../../../../lib/probe/startup/attribution.ts';
import type { PhaseName, StartupPhase } from '../../../../lib/probe/startup/index.ts';

const phase = (name: PhaseName, seconds: number, within: PhaseName | null = null): StartupPhase => ({
  name,
  seconds,
  within,
  source: 'said',
  reports: 1,
});
const micros = (most: number) => fc.nat(most).map((count) => count / 1e6);

describe('what no phase explains', () => {
  it('leaves out what is within another', () => {
    const phases = [phase('model', 14), phase('weights', 12, 'model'), phase('engine', 15)];
    expect(attribute(40, phases)).toEqual({ unattributedSeconds: 11, overlapSeconds: 0 });
  });

  it('is never less than nothing', () => {
    expect(attribute(10, [phase('runner', 10.04)])).toEqual({ unattributedSeconds: 0, overlapSeconds: 0.04 });
    expect(attribute(0, [])).toEqual({ unattributedSeconds: 0, overlapSeconds: 0 });
  });

  it('is unknown without a total', () => {
    expect(attribute(null, [phase('model', 14)])).toEqual({
      unattributedSeconds: null,
      overlapSeconds: null,
    });
  });

  it('and the phases are the total, to the microsecond, less the overlap', () => {
    fc.assert(
      fc.property(micros(9e9), fc.array(micros(9e9), { maxLength: 12 }), (total, seconds) => {
        const phases = seconds.map((one) => phase('model', one));
        const { unattributedSeconds, overlapSeconds } = attribute(total, phases);
        const sum = seconds.reduce((all, one) => all + Math.round(one * 1e6), 0);
        const [rest, over] = [unattributedSeconds ?? -1, overlapSeconds ?? -1].map((s) =>
          Math.round(s * 1e6),
        );
        expect(sum + (rest ?? 0) - (over ?? 0)).toBe(Math.round(total * 1e6));
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(Math.min(rest ?? -1, over ?? -1)).toBe(0);
      }),
    );
  });
});
