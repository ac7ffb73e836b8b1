import { expect, it } from 'vitest';
import { type ChangePlan, COMMON_STEPS } from '../../../../lib/change/index.ts';
import { changePlanJson, changeRecordJson } from '../../../../lib/cli/json-contract-change.ts';
import { renderChangePlan, renderChangeRecord } from '../../../../lib/cli/render/change-plan.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';

const STEP = { do: 'make-directory', path: "/srv/it's here", mode: 0o755, uid: 0, gid: 0 };
const PLAN: ChangePlan = {
  kind: 'overlay',
  subject: '/srv/cache',
  checks: [
    { code: 'lower', verdict: 'ok', message: 'it is read-only', remedy: 'not shown' },
    { code: 'in-use', verdict: 'refuse', message: 'two have it open', remedy: 'end them' },
  ],
  steps: [STEP],
};

it('shows checks with their remedies, steps with their numbers and commands, and a refusal', () => {
  expect(renderChangePlan(PLAIN, PLAN, COMMON_STEPS)).toEqual([
    'overlay of /srv/cache',
    '',
    'ok     lower: it is read-only',
    'refuse in-use: two have it open',
    '       do: end them',
    '',
    "  1. make the directory /srv/it's here",
    "     $ install -d -m 755 -o 0 -g 0 '/srv/it'\\''s here'",
    '',
    'refused: nothing of this would be done',
  ]);
  expect(renderChangePlan(PLAIN, { ...PLAN, checks: [], steps: [] }, COMMON_STEPS)).toContain(
    'nothing to do',
  );
});

it('breaks lines for a narrow terminal', () => {
  const lines = renderChangePlan({ ...PLAIN, columns: 32 }, PLAN, COMMON_STEPS);
  expect(lines.filter((line) => line.includes('refuse'))).not.toEqual([]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
});

it('tells which steps of a change are in effect', () => {
  const record = {
    ...{ id: 'overlay-1', kind: 'overlay', subject: '/srv/cache', beganAtMs: 0 },
    ...{ state: 'removing' as const, steps: [STEP, { ...STEP, path: '/b' }], begun: [0], failure: 'busy' },
  };
  const lines = renderChangeRecord(PLAIN, record, COMMON_STEPS);
  expect(lines[0]).toBe('overlay of /srv/cache removing');
  expect(lines).toContain('    failed: busy');
  expect(lines).toContain("  1. make the directory /srv/it's here");
  expect(lines).toContain('   - make the directory /b');
  expect(changeRecordJson(record, COMMON_STEPS)).toMatchObject({
    steps: [
      { begun: true, step: STEP },
      { begun: false, do: 'make-directory' },
    ],
  });
});

it('puts the same into JSON, with null for what is not there', () => {
  expect(changePlanJson(PLAN, COMMON_STEPS)).toEqual({
    kind: 'overlay',
    subject: '/srv/cache',
    refused: true,
    checks: [
      { code: 'lower', verdict: 'ok', message: 'it is read-only', remedy: 'not shown' },
      { code: 'in-use', verdict: 'refuse', message: 'two have it open', remedy: 'end them' },
    ],
    steps: [
      {
        do: 'make-directory',
        description: "make the directory /srv/it's here",
        command: ['install', '-d', '-m', '755', '-o', '0', '-g', '0', "/srv/it's here"],
        step: STEP,
      },
    ],
  });
});
