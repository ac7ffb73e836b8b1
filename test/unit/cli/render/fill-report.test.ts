import { expect, test } from 'vitest';
import { renderPlan, renderWarmResult } from '../../../../lib/cli/render/fill-report.ts';
import { describeShortage } from '../../../../lib/cli/render/shortage.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import type { FillPlan, WarmResult } from '../../../../lib/fill/index.ts';

const budget = { allowed: 4096, binding: 'maxBytes', reason: 'asked for', limits: [], unknowns: [] } as const;
const file = { path: '/a', dev: 1n, ino: 1n, size: 4096 };
const stranger = { file, asked: 4096, alreadyResident: null, lost: 0, failure: null };

const result = (residentNow: number | null): WarmResult => ({
  asked: 4096,
  alreadyResident: 0,
  read: 4096,
  residentNow: residentNow ?? 0,
  lost: 0,
  lostTo: null,
  unverifiedFiles: residentNow === null ? 1 : 0,
  engine: {
    engine: 'read',
    streams: 1,
    windowBytes: 4096,
    smallBytes: 0,
    touch: false,
    calibrate: false,
    why: '',
  },
  bytesPerSecond: null,
  seconds: 0,
  budget,
  stopped: null,
  guard: null,
  files: [{ ...stranger, read: 4096, residentNow }],
  priorityFailure: null,
});

test('what nobody may know is no number', () => {
  const lines = renderWarmResult(PLAIN, result(null)).join('\n');
  expect(lines).toMatch(/^already resident {2}at least 0 B: of 1 file nobody may know$/m);
  expect(lines).toMatch(/^resident now {6}at least 0 B, 0 %, measured after the fill$/m);
  expect(renderWarmResult(PLAIN, result(4096)).join('\n')).toMatch(/^resident now {6}4\.00 KiB, 100 %/m);
});

const plan = (alreadyResident: number | null): FillPlan => ({
  files: [{ ...stranger, alreadyResident, size: 4096, source: null, toRead: 4096, extents: [] }],
  failed: [],
  asked: 8192,
  alreadyResident: alreadyResident ?? 0,
  toRead: 0,
  leftOut: 4096,
  budget,
});

test('a plan tells what is known of what is resident', () => {
  expect(renderPlan(PLAIN, plan(4096)).join('\n')).toMatch(/^already resident {2}4\.00 KiB$/m);
  expect(renderPlan(PLAIN, plan(null)).join('\n')).toMatch(/^already resident {2}at least 0 B: /m);
});

test('a shortage names what is resident, because the budget counts it', () => {
  expect(describeShortage(PLAIN, plan(4096)).join(' ')).toContain(
    '(asked for); 4.00 KiB are resident already;',
  );
  expect(describeShortage(PLAIN, plan(null)).join(' ')).not.toContain('resident already');
});
