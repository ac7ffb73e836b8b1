import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatHolder, parseHolder } from '../../../lib/keeper/lock-holder.ts';

const HOLDER = { pid: 4711, host: 'gpu-3', startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };

test('three lines for humans', () => {
  expect(formatHolder(HOLDER)).toBe('pid 4711\nhost gpu-3\nstarted 2026-01-02T03:04:05.678Z\n');
});

test('what was written reads back', () => {
  const holders = fc.record({
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    host: fc.stringMatching(/^[a-z0-9.-]{1,64}$/),
    startedAtMs: fc.integer({ min: 0, max: Date.UTC(9999, 0) }),
  });
  fc.assert(
    fc.property(holders, (holder) => {
      expect(parseHolder(formatHolder(holder))).toEqual(holder);
    }),
  );
});

test.each([
  '',
  'pid 1\nhost a\n',
  'pid x\nhost a\nstarted 2026-01-02T03:04:05.678Z\n',
  'pid 1\nhost a\nstarted never\n',
  'pid 1\nhost a\nstarted 2026-01-02T03:04:05.678Z',
  'pid 1\nhost \u001b[31mred\nstarted 2026-01-02T03:04:05.678Z\n',
])('%j is no holder', (text) => {
  expect(parseHolder(text)).toBeNull();
});

test('never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseHolder(text)));
});
