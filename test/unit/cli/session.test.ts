import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../lib/cli/session.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// SIGHUP, because the test runner itself listens to none.
function hangUp(): void {
  process.emit('SIGHUP', 'SIGHUP');
}

describe('openSession', () => {
  afterEach(() => vi.restoreAllMocks());

  it('aborts at the first signal, says which, and remembers its exit code', () => {
    const { session, end } = openSession();
    expect(session.signal.aborted).toBe(false);
    hangUp();
    expect(session.signal.aborted).toBe(true);
    expect(session.signal.reason).toMatchObject({ message: 'stopped by SIGHUP' });
    expect(end()).toEqual({ signalExit: 129 });
  });

  it('ends the process at the second', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const { end } = openSession();
    hangUp();
    expect(exit).not.toHaveBeenCalled();
    hangUp();
    expect(exit).toHaveBeenCalledWith(129);
    end();
  });

  it('leaves no listeners behind', () => {
    const before = SIGNALS.map((name) => process.listenerCount(name));
    const { end } = openSession();
    expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before.map((count) => count + 1));
    expect(end()).toEqual({ signalExit: undefined });
    expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before);
  });
});
