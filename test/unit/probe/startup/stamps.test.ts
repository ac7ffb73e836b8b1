import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStart, spanBetween } from '../../../../lib/probe/startup/clock.ts';
import { msBetween, timesOf } from '../../../../lib/probe/startup/stamps.ts';

const NEVER = { outer: null, inner: null, arrival: null };
const secondsBetween = (from: string, to: string): number | null =>
  spanBetween(timesOf(from, null), timesOf(to, null))?.seconds ?? null;

describe('the time between two lines', () => {
  it.each([
    ['INFO 12-31 23:59:59 a', 'INFO 01-01 00:00:01 b', 2],
    ['INFO 02-28 23:59:59 a', 'INFO 03-01 00:00:01 b', 2],
    ['INFO 02-28 23:59:59 a', 'INFO 02-29 00:00:01 b', 2],
    ['INFO 02-29 23:59:59 a', 'INFO 03-01 00:00:01 b', 2],
    ['INFO 02-29 10:00:00 a', 'INFO 02-29 10:00:07 b', 7],
    ['Dec 31 23:59:59 host x[1]: a', 'Jan  1 00:00:01 host x[1]: b', 2],
    ['23:59:58 a', '00:00:03 b', 5],
    ['[23:59:58.250] a', '[00:00:03.500] b', 5.25],
    ['2026-12-31T23:59:59.75Z a', '2027-01-01T00:00:00.25Z b', 0.5],
    ['2026-01-01T10:00:00+02:00 a', '2026-01-01T08:00:05Z b', 5],
    ['2026-01-01T10:00:00+0530 a', '2026-01-01T04:30:05Z b', 5],
    ['2026-01-01T00:00:00-08:00 a', '2026-01-01T08:00:05Z b', 5],
    ['[12/31/2025-23:59:59] [TRT-LLM] a', '[01/01/2026-00:00:01] [TRT-LLM] b', 2],
    ['[2026-04-27 02:36:03 TP0] a', '[2026-04-27 02:36:05] b', 2],
    ['time=2025-03-05T06:58:54.116Z level=INFO a', 'time=2025-03-05T06:58:55.000Z level=INFO b', 0.884],
    ['0.59.900.000 I a', '1.00.100.500 I b', 0.2005],
    ['1763712253.5 x', '1763712254.5 x', null],
    ['1763712253.500 host x[1]: a', '1763712254.750 host x[1]: b', 1.25],
  ])('%s → %s: %d s', (from, to, seconds) => {
    if (seconds === null) expect(secondsBetween(from, to)).toBeNull();
    else expect(secondsBetween(from, to)).toBeCloseTo(seconds, 6);
  });

  it('is unknown where the clock went back, or the clocks are not the same', () => {
    expect(secondsBetween('INFO 05-05 10:00:02 a', 'INFO 05-05 10:00:01 b')).toBeNull();
    expect(secondsBetween('INFO 05-05 10:00:02 a', '[2026-05-05 10:00:03] b')).toBeNull();
    expect(secondsBetween('10:00:02 a', '09:59:59 b')).toBeNull();
    expect(secondsBetween('a', 'b')).toBeNull();
  });

  it('prefers the clock that says fractions, and the wrapper where both do', () => {
    const both = (outer: string, inner: string): string => `${outer} time=${inner} level=INFO x`;
    const from = both('2026-01-01T10:00:00Z', '2026-01-01T10:00:00.100Z');
    const to = both('2026-01-01T10:00:02Z', '2026-01-01T10:00:01.200Z');
    expect(secondsBetween(from, to)).toBeCloseTo(1.1, 6);
    const finer = to.replace('10:00:02Z', '10:00:02.000Z');
    expect(secondsBetween(from, finer)).toBe(2);
  });

  it('goes by arrival only where there is no other', () => {
    const [from, to] = [timesOf('x', 1000), timesOf('x', 3500)];
    expect(spanBetween(from, to)).toEqual({ seconds: 2.5, source: 'arrival' });
    const stamped = [timesOf('INFO 01-01 00:00:00 x', 0), timesOf('INFO 01-01 00:00:09 x', 1)] as const;
    expect(spanBetween(...stamped)).toEqual({ seconds: 9, source: 'stamps' });
    expect(spanBetween(NEVER, to)).toBeNull();
  });

  it('counts from the start of a process whose clock does', () => {
    const ready = timesOf('0.05.500.000 I srv  llama_server: model loaded', null);
    expect(spanBetween(fromStart(timesOf('0.00.200.000 I build: 1', null)), ready)?.seconds).toBe(5.5);
  });

  it('is right for every pair of moments less than half a year apart, also without their year', () => {
    const moment = fc.date({ min: new Date('2021-01-01T00:00:00Z'), max: new Date('2023-06-01T00:00:00Z') });
    fc.assert(
      fc.property(moment, fc.nat(180 * 86_400), (date, later) => {
        const start = Math.floor(date.getTime() / 1000) * 1000;
        const text = (ms: number): string => new Date(ms).toISOString().slice(5, 19).replace('T', ' ');
        const [from, to] = [start, start + later * 1000].map(
          (ms) => timesOf(`INFO ${text(ms)} x`, null).inner,
        );
        expect(msBetween(from ?? null, to ?? null)).toBe(later * 1000);
      }),
    );
  });
});
