import { expect, test } from 'vitest';
import { checkLocking } from '../../../../lib/doctor/checks/locking.ts';
import { GIB, readings, setOf } from '../healthy.ts';

function check(soft: number | null, size: number | null, capabilities: ReadonlySet<'CAP_IPC_LOCK'> | null) {
  const lockedMemory = soft === null ? null : { soft, hard: soft };
  const set = size === null ? null : setOf(size);
  return checkLocking(readings({ limits: { lockedMemory, openFiles: null }, set, capabilities }))[0];
}

const NONE: ReadonlySet<never> = new Set();

test('it is never more than a note', () => {
  expect(check(65_536, GIB, new Set(['CAP_IPC_LOCK']))).toMatchObject({ id: 'lock-limit', level: 'ok' });
  expect(check(GIB, GIB, NONE)).toMatchObject({ level: 'ok' });
  const over = check(65_536, GIB, NONE);
  expect(over).toMatchObject({ level: 'note' });
  expect(over?.title).toBe("The set of 1.00 GiB can't be locked: 64.0 KiB may be");
  expect(check(65_536, null, NONE)?.title).toBe('At most 64.0 KiB may be locked');
});

test('unlimited and unread', () => {
  expect(check(Number.POSITIVE_INFINITY, GIB, NONE)).toMatchObject({ level: 'ok' });
  expect(check(Number.POSITIVE_INFINITY, GIB, NONE)?.evidence).toContain('unlimited');
  expect(check(null, GIB, null)).toMatchObject({ level: 'note', remedy: null });
  expect(check(65_536, GIB, null)?.evidence).toContain('capabilities unreadable');
});
