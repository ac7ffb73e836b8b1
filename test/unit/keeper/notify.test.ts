import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notifySystemd, statusMessage, watchdogIntervalMs } from '../../../lib/keeper/notify.ts';

describe('the watchdog', () => {
  test.each([
    ['30000000', 15_000],
    ['3000', 1],
    ['1', 1],
    ['18446744073709551615', 2 ** 31 - 1],
    ['0', null],
    ['', null],
    ['-1', null],
    ['1e6', null],
    ['soon', null],
    [undefined, null],
  ])('%s microseconds: %s ms', (WATCHDOG_USEC, expected) => {
    expect(watchdogIntervalMs({ WATCHDOG_USEC })).toBe(expected);
  });

  test('of another process is not ours', () => {
    const env = { WATCHDOG_USEC: '2000000', WATCHDOG_PID: '77' };
    expect(watchdogIntervalMs(env, 77)).toBe(1000);
    expect(watchdogIntervalMs(env, 78)).toBeNull();
    expect(watchdogIntervalMs({ ...env, WATCHDOG_PID: '' }, 77)).toBeNull();
  });

  test('is null or what a timer takes, and never later than systemd waits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (usec) => {
        const interval = watchdogIntervalMs({ WATCHDOG_USEC: String(usec) });
        if (usec === 0n) return interval === null;
        return (
          interval !== null &&
          interval >= 1 &&
          interval < 2 ** 31 &&
          interval * 1000 <= Math.max(Number(usec), 1000)
        );
      }),
    );
  });
});

test('a status is one line', () => {
  expect(statusMessage('warm: 3 of 4 files')).toBe('STATUS=warm: 3 of 4 files');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\n\r\0]/.test(statusMessage(text))));
});

test('without a socket nobody is told, and that is fine', async () => {
  expect(await notifySystemd('READY=1', {})).toBe(false);
  expect(await notifySystemd('READY=1', { NOTIFY_SOCKET: '' })).toBe(false);
});

test.each([
  ['/nowhere/notify', 'ENOENT'],
  ['@warmset-nobody-listens-here', 'ECONNREFUSED'],
  ['vsock:2:1234', 'EAFNOSUPPORT'],
  [`/${'x'.repeat(200)}`, 'ENAMETOOLONG'],
  ['relative', 'EAFNOSUPPORT'],
])('a socket that is set and can’t be reached is an error: %s', async (NOTIFY_SOCKET, code) => {
  await expect(notifySystemd('READY=1', { NOTIFY_SOCKET })).rejects.toMatchObject({
    code,
    path: NOTIFY_SOCKET,
  });
});
