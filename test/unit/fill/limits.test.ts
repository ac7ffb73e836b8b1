import { describe, expect, it } from 'vitest';
import { checkLockLimits, type LockReadings } from '../../../lib/fill/lock-limits.ts';
import { explainLoss } from '../../../lib/fill/loss.ts';

const GIB = 2 ** 30;
const READINGS: LockReadings = {
  memAvailable: 100 * GIB,
  cgroups: [],
  lockedMemoryLimit: GIB,
  mayExceedLimit: false,
};
const cgroup = (limit: number | null, current: number | null) => ({
  path: '/sys/fs/cgroup/memory/server',
  version: 1 as const,
  limit,
  limitFile: 'memory.limit_in_bytes' as const,
  current,
  reclaimableFile: 0,
});
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'WARMSET_LOCK_LIMIT', message: expect.stringMatching(message) });

describe('lock limits', () => {
  it('let what fits pass, to the byte', () => {
    expect(() => checkLockLimits(GIB, 1, READINGS)).not.toThrow();
    expect(() => checkLockLimits(GIB + 1, 1, READINGS)).toThrow(
      refusal(/RLIMIT_MEMLOCK allows 1(\.00?)? GiB/),
    );
    expect(() => checkLockLimits(GIB + 1, 1, { ...READINGS, mayExceedLimit: true })).not.toThrow();
    expect(() => checkLockLimits(GIB + 1, 1, { ...READINGS, lockedMemoryLimit: null })).not.toThrow();
  });

  it('leave the host a tenth', () => {
    const readings = { ...READINGS, mayExceedLimit: true };
    expect(() => checkLockLimits(90 * GIB, 1, readings)).not.toThrow();
    expect(() => checkLockLimits(91 * GIB, 1, readings)).toThrow(refusal(/can be held/));
  });

  it('stop at a cgroup before the OOM killer would', () => {
    const readings = { ...READINGS, mayExceedLimit: true, cgroups: [cgroup(2 * GIB, GIB)] };
    const most = GIB - Math.ceil(2 * GIB * 0.03);
    expect(() => checkLockLimits(most, 1, readings)).not.toThrow();
    expect(() => checkLockLimits(most + 1, 1, readings)).toThrow(refusal(/memory\.limit_in_bytes/));
  });

  it('count mappings', () => {
    expect(() => checkLockLimits(1, 60_001, READINGS)).toThrow(refusal(/60001 files need as many mappings/));
  });
});

describe('a loss', () => {
  it('is the cgroup at its limit, then the short host, then unknown', () => {
    expect(explainLoss({ memAvailable: 1, cgroups: [cgroup(GIB, GIB)] })).toMatch(
      /^cgroup .*server is at its limit/,
    );
    expect(explainLoss({ memAvailable: 1, cgroups: [cgroup(GIB, GIB / 2)] })).toMatch(/short of memory/);
    expect(explainLoss({ memAvailable: null, cgroups: [cgroup(null, GIB), cgroup(GIB, null)] })).toMatch(
      /^unknown/,
    );
  });
});
