import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJournal } from '../../../lib/change/events.ts';
import { COMMON_STEPS } from '../../../lib/change/index.ts';
import { WarmsetError } from '../../../lib/errors.ts';

const STEP = { do: 'make-directory', path: '/srv/a', mode: 0o755, uid: 0, gid: 0 };
const HEAD = {
  warmset: 'change/1',
  id: 'test-1',
  kind: 'test',
  subject: '/srv/a',
  atMs: 7,
  steps: [STEP, STEP],
};

function journal(...events: readonly object[]): string {
  return [HEAD, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function read(text: string) {
  return readJournal('a.jsonl', text, COMMON_STEPS);
}

const begin = (step: number) => ({ event: 'begin', step });
const end = (step: number) => ({ event: 'end', step });
const undone = (step: number) => ({ event: 'undone', step });

it.for([
  { name: 'nothing was begun', events: [], state: 'applying', begun: [] },
  { name: 'a step was begun', events: [begin(0)], state: 'applying', begun: [0] },
  {
    name: 'all is done',
    events: [begin(0), end(0), begin(1), end(1), { event: 'applied' }],
    state: 'applied',
    begun: [0, 1],
  },
  { name: 'a step was there already', events: [begin(1), end(1)], state: 'applying', begun: [1] },
  {
    name: 'half of it is undone',
    events: [begin(0), begin(1), { event: 'removing' }, { event: 'undo', step: 1 }, undone(1)],
    state: 'removing',
    begun: [0],
  },
  {
    name: 'all is undone',
    events: [begin(0), { event: 'removing' }, undone(0), { event: 'removed' }],
    state: 'removed',
    begun: [],
  },
])('$name', ({ events, state, begun }) => {
  expect(read(journal(...events))).toEqual({
    id: 'test-1',
    kind: 'test',
    subject: '/srv/a',
    beganAtMs: 7,
    steps: [STEP, STEP],
    state,
    begun,
    failure: null,
  });
});

it('tells what the last attempt failed with, until one succeeds', () => {
  const failed = { event: 'failed', message: 'no space' };
  expect(read(journal(begin(0), failed)).failure).toBe('no space');
  expect(read(journal(begin(0), failed, { event: 'applied' })).failure).toBeNull();
});

it('passes over a line that a crash cut off, wherever', () => {
  const whole = journal(begin(0));
  const next = JSON.stringify(begin(1));
  for (let length = 0; length <= next.length; length += 1) {
    expect(read(whole + next.slice(0, length)).begun).toEqual([0]);
  }
});

it.for<[string, string]>([
  ['is empty but for a line', '\n'],
  ['is of another version', `${JSON.stringify({ ...HEAD, warmset: 'change/2' })}\n`],
  ['has a strange name', `${JSON.stringify({ ...HEAD, id: '../../etc' })}\n`],
  [
    'has a step of an unknown kind',
    `${JSON.stringify({ ...HEAD, steps: [{ do: 'run', command: 'rm' }] })}\n`,
  ],
  ['has a step with more to it', `${JSON.stringify({ ...HEAD, steps: [{ ...STEP, also: 1 }] })}\n`],
  ['has a step with a relative path', `${JSON.stringify({ ...HEAD, steps: [{ ...STEP, path: 'a' }] })}\n`],
  ['has a step that goes up', `${JSON.stringify({ ...HEAD, steps: [{ ...STEP, path: '/a/../b' }] })}\n`],
  [
    'sets something that is no setting',
    `${JSON.stringify({ ...HEAD, steps: [{ do: 'set-value', path: '/sys/../etc/passwd', from: '', to: '' }] })}\n`,
  ],
  ['names a step that it lacks', journal(begin(2))],
  ['has an unknown event', journal({ event: 'explode' })],
  ['has an event with more to it', journal({ event: 'applied', also: 1 })],
  ['is no JSON in the middle', `${journal(begin(0))}{]\n${JSON.stringify(end(0))}\n`],
])('refuses one that %s', ([, text]) => {
  expect(() => read(text)).toThrow(WarmsetError);
});

it('answers any text with a change or a refusal', () => {
  const line = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant(JSON.stringify(HEAD)),
    fc
      .record({ event: fc.constantFrom('begin', 'end', 'undone', 'applied'), step: fc.integer() })
      .map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        const { begun, steps } = read([JSON.stringify(HEAD), ...lines, ''].join('\n'));
        expect(begun.every((index) => index < steps.length)).toBe(true);
        expect(new Set(begun).size).toBe(begun.length);
      } catch (error) {
        expect(WarmsetError.is(error)).toBe(true);
      }
    }),
  );
});
