import { describe, expect, it } from 'vitest';
import type { Budget } from '../../../lib/budget/index.ts';
import type { FileFailure } from '../../../lib/errors.ts';
import { unpackExtents } from '../../../lib/fill/extents.ts';
import { assess, planFill } from '../../../lib/fill/plan.ts';
import type { FailedFile, PlannedFile } from '../../../lib/fill/types.ts';
import type { RawSurvey } from '../../../lib/native/addon-types.ts';
import type { UnknownReason } from '../../../lib/residency/index.ts';

const PAGE = 4096;

const survey = (size: number, cached: number): RawSurvey => ({
  dev: 1n,
  ino: 1n,
  size,
  allocated: size,
  modifiedNs: 0n,
  dax: false,
  filesystem: 0xef53,
  tailCached: cached * PAGE >= size,
  cached,
  dirty: 0,
  writeback: 0,
  recentlyEvicted: 0,
  sampled: 0,
  disagreed: 0,
  window: 4 * PAGE,
  cachedByWindow: Uint32Array.of(cached),
});

const fileOf = (path: string, size: number) => ({ path, dev: 1n, ino: 1n, size });

function known(path: string, pages: number, cached: number): PlannedFile | FailedFile {
  const size = pages * PAGE;
  const measurement = { state: 'known', survey: survey(size, cached), source: 'cachestat' } as const;
  return assess({ file: fileOf(path, size), measurement }, PAGE);
}

function unknown(
  code: UnknownReason['code'],
  message: string,
  withSurvey = false,
  failure?: FileFailure,
): PlannedFile | FailedFile {
  const reason = { code, message, remedy: '', ...(failure ? { failure } : {}) };
  const seen = withSurvey ? survey(4 * PAGE, 0) : undefined;
  const measurement = { state: 'unknown', survey: seen, reason } as const;
  return assess({ file: fileOf(code, 4 * PAGE), measurement }, PAGE);
}

const DENIED: FileFailure = { code: 'EACCES', syscall: 'open', message: 'permission denied' };

const budget = (allowed: number): Budget => ({
  allowed,
  binding: 'maxBytes',
  reason: '',
  limits: [],
  unknowns: [],
});

describe('a plan', () => {
  it('takes files in their order: whole, then a part, then none', () => {
    const measured = [known('a', 4, 1), known('b', 4, 0), known('c', 1, 0)];
    const plan = planFill(measured, budget(6 * PAGE), PAGE);
    expect(plan.files.map(({ toRead }) => toRead / PAGE)).toEqual([3, 2, 0]);
    expect(plan).toMatchObject({
      asked: 9 * PAGE,
      alreadyResident: PAGE,
      toRead: 5 * PAGE,
      leftOut: 3 * PAGE,
    });
    expect(plan.files.map(({ extents }) => unpackExtents(extents))).toEqual([
      [{ offset: 0, length: 4 * PAGE, missing: 3 * PAGE }],
      [{ offset: 0, length: 2 * PAGE, missing: 2 * PAGE }],
      [],
    ]);
  });

  it('has nothing to read without a budget', () => {
    expect(planFill([known('a', 4, 0)], budget(0), PAGE)).toMatchObject({ toRead: 0, leftOut: 4 * PAGE });
  });

  it('reads what may not be asked about whole, and claims nothing resident', () => {
    const plan = planFill([unknown('not-permitted', 'no', true)], budget(100 * PAGE), PAGE);
    expect(plan.files).toMatchObject([
      { asked: 4 * PAGE, alreadyResident: null, source: null, toRead: 4 * PAGE },
    ]);
    expect(plan.alreadyResident).toBe(0);
  });

  it('leaves out the holes of what may not be asked about', () => {
    const sparse = {
      ...survey(8 * PAGE + 10, 8),
      allocated: 3 * PAGE,
      cachedByWindow: Uint32Array.of(4, 4, 1),
      dataByWindow: Uint32Array.of(0, 2, 1),
    };
    const reason = { code: 'not-permitted', message: 'no', remedy: '' } as const;
    const measurement = { state: 'unknown', survey: sparse, reason } as const;
    const assessed = assess({ file: fileOf('sparse', sparse.size), measurement }, PAGE);
    expect(assessed).toMatchObject({ asked: 2 * PAGE + 10, toRead: 2 * PAGE + 10, alreadyResident: null });
    expect('extents' in assessed && unpackExtents(assessed.extents)).toEqual([
      { offset: 4 * PAGE, length: 4 * PAGE, missing: 2 * PAGE },
      { offset: 8 * PAGE, length: 10, missing: 10 },
    ]);
  });

  it.for([
    { reason: unknown('unreadable', 'EACCES: permission denied, open', false, DENIED), failure: DENIED },
    {
      reason: unknown('replaced', 'Another file took its place meanwhile.', true),
      failure: { code: 'WARMSET_FILE_REPLACED', syscall: undefined },
    },
    {
      reason: unknown('no-page-cache', 'The file is on zfs.', true),
      failure: { code: 'WARMSET_UNSUPPORTED', message: 'The file is on zfs.' },
    },
  ])('fails a file with an errno name or a code: $failure.code', ({ reason, failure }) => {
    const plan = planFill([reason, known('a', 1, 0)], budget(100 * PAGE), PAGE);
    expect(plan.failed).toMatchObject([{ failure }]);
    expect(plan).toMatchObject({ asked: PAGE, toRead: PAGE });
  });
});
