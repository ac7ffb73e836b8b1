import { describe, expect, it } from 'vitest';
import { parseChildren } from '../../../lib/host/children.ts';
import { parseProcessGroup } from '../../../lib/host/process-terminal.ts';
import { exitCodeOf } from '../../../lib/launch/child/exit.ts';
import { answerSignal, FORWARDED } from '../../../lib/launch/child/signal-policy.ts';

describe('what becomes of a signal', () => {
  it('somebody sent it: it is passed on', () => {
    for (const name of FORWARDED) {
      expect(answerSignal({ name, fromKernel: false }, true).forward).toBe(true);
    }
  });

  it('the terminal sent it to both: it isn’t, unless the server left the group', () => {
    expect(answerSignal({ name: 'SIGINT', fromKernel: true }, true)).toEqual({ forward: false, stop: false });
    expect(answerSignal({ name: 'SIGINT', fromKernel: true }, false).forward).toBe(true);
  });

  it('we stop with the server, whoever said so', () => {
    for (const fromKernel of [true, false]) {
      expect(answerSignal({ name: 'SIGTSTP', fromKernel }, true).stop).toBe(true);
    }
    expect(answerSignal({ name: 'SIGCONT', fromKernel: false }, true).stop).toBe(false);
  });
});

it.each([
  [{ state: 'exited', code: 42 }, 42],
  [{ state: 'signalled', signal: 'SIGKILL' }, 137],
  [{ state: 'not-started', code: 'ENOENT', message: '' }, 127],
  [{ state: 'not-started', code: 'ENOEXEC', message: '' }, 126],
  [{ state: 'gone' }, 0],
] as const)('%j ends with %d', (exit, code) => {
  expect(exitCodeOf(exit)).toBe(code);
});

describe('/proc', () => {
  it('children are numbers between blanks', () => {
    expect(parseChildren('12 345 \n')).toEqual([12, 345]);
    expect(parseChildren('')).toEqual([]);
  });

  it('a group, its session and who is in the foreground, whatever the name looks like', () => {
    expect(parseProcessGroup('7 (a) R 1 (b)) S 1 70 60 34816 70 4194304 1')).toEqual({
      group: 70,
      session: 60,
      foreground: 70,
    });
    expect(parseProcessGroup('7 (sh) S 1 70 60 0 -1 4194304 1')?.foreground).toBeNull();
    expect(parseProcessGroup('garbled')).toBeNull();
  });
});
