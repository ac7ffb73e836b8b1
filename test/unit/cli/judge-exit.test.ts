import { describe, expect, it } from 'vitest';
import { judgeEvict, judgePlan, judgeStatus, judgeWarm } from '../../../lib/cli/judge-exit.ts';
import type { EvictResult, FillPlan, WarmResult } from '../../../lib/fill/index.ts';
import type { ResidencyReport, UnknownCode } from '../../../lib/residency/index.ts';
import type { WarmSet } from '../../../lib/targets/index.ts';

const fine: Pick<WarmSet, 'failures'> = { failures: [] };
const missing = { failures: [{ path: '/m/x', code: 'ENOENT', message: 'm', remedy: 'r' }] };
const failure = { code: 'EIO', syscall: 'read', message: 'i/o error' };

function report(code?: UnknownCode): ResidencyReport {
  const file = code === undefined ? { state: 'known' } : { state: 'unknown', reason: { code } };
  return { files: [file] } as unknown as ResidencyReport;
}

describe('judgeStatus', () => {
  it('is 0 when everything was looked at, known or not', () => {
    expect(judgeStatus(fine, report())).toBe(0);
    expect(judgeStatus(fine, report('not-permitted'))).toBe(0);
    expect(judgeStatus(fine, report('no-page-cache'))).toBe(0);
  });

  it('is 1 when a target or a file could not be looked at', () => {
    expect(judgeStatus(missing, report())).toBe(1);
    expect(judgeStatus(fine, report('unreadable'))).toBe(1);
  });
});

describe('judgePlan', () => {
  const plan = (given: Partial<FillPlan>): FillPlan => ({ failed: [], leftOut: 0, ...given }) as FillPlan;

  it.each([
    [fine, {}, 0],
    [fine, { leftOut: 1 }, 3],
    [missing, {}, 1],
    [missing, { leftOut: 1 }, 1],
    [fine, { failed: [{}], leftOut: 1 } as unknown as Partial<FillPlan>, 1],
  ])('of %j and %j is %d', (set, given, code) => {
    expect(judgePlan(set, plan(given))).toBe(code);
  });
});

describe('judgeWarm', () => {
  const whole = {
    asked: 8,
    residentNow: 8,
    lost: 0,
    unverifiedFiles: 0,
    stopped: null,
    files: [{ failure: null }],
  };
  const judge = (given: object, set = fine): number =>
    judgeWarm(set, { ...whole, ...given } as unknown as WarmResult);
  const byBudget = { stopped: { reason: 'budget', detail: '' }, residentNow: 4 };

  it('is 0 only when all of it is there and was seen to be', () => {
    expect(judge({})).toBe(0);
    expect(judge({ asked: 0, residentNow: 0 })).toBe(0);
    expect(judge({ residentNow: 7 })).toBe(1);
    expect(judge({ lost: 1 })).toBe(1);
    expect(judge({ unverifiedFiles: 1 })).toBe(1);
  });

  it('is 3 when the budget stopped it, 1 when something else went wrong too', () => {
    expect(judge(byBudget)).toBe(3);
    expect(judge({ ...byBudget, files: [{ failure }] })).toBe(1);
    expect(judge(byBudget, missing)).toBe(1);
  });

  it('is 1 when it was aborted without a signal', () => {
    expect(judge({ stopped: { reason: 'aborted', detail: '' }, residentNow: 4 })).toBe(1);
  });
});

describe('judgeEvict', () => {
  const gone = { residentNow: 0, unknownFiles: 0, files: [{ failure: null }] };
  const judge = (given: object, set = fine): number =>
    judgeEvict(set, { ...gone, ...given } as unknown as EvictResult);

  it('is 0 only when nothing stayed, nothing is unknown and nothing failed', () => {
    expect(judge({})).toBe(0);
    expect(judge({ residentNow: 4096 })).toBe(1);
    expect(judge({ unknownFiles: 1 })).toBe(1);
    expect(judge({ files: [{ failure }] })).toBe(1);
    expect(judge({}, missing)).toBe(1);
  });
});
