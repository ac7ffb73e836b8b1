import { expect, test } from 'vitest';
import { honoursIdlePriority, parseSchedulers } from '../../../lib/host/block-scheduler.ts';

test.each([
  ['none [mq-deadline] kyber bfq \n', 'mq-deadline', ['none', 'mq-deadline', 'kyber', 'bfq']],
  ['[none] mq-deadline\n', 'none', ['none', 'mq-deadline']],
  ['none\n', 'none', ['none']],
  ['[none]\n', 'none', ['none']],
  ['none mq-deadline', null, ['none', 'mq-deadline']],
  ['', null, []],
])('%j', (text, active, available) => {
  expect(parseSchedulers(text)).toEqual({ active, available });
});

test.each([
  ['bfq', null, true],
  ['mq-deadline', { major: 6, minor: 18, patch: 0 }, true],
  ['mq-deadline', { major: 5, minor: 14, patch: 0 }, true],
  ['mq-deadline', { major: 5, minor: 13, patch: 19 }, false],
  ['mq-deadline', null, null],
  ['none', null, false],
  ['kyber', null, false],
  ['adios', { major: 6, minor: 18, patch: 0 }, null],
  [null, null, null],
])('%s on %j honours idle priority: %j', (scheduler, kernel, answer) => {
  expect(honoursIdlePriority(scheduler, kernel)).toBe(answer);
});
