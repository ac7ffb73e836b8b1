import { sendDatagram } from '../native/notify.ts';

type Environment = Readonly<Record<string, string | undefined>>;

// What setTimeout takes; more fires at once, and then all the time.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Tells systemd how the service is (sd_notify(3)): `READY=1`, `STOPPING=1`, `WATCHDOG=1`. It never waits.
 *
 * @returns false when nobody wants to know: `NOTIFY_SOCKET` isn't set.
 * @throws SystemError when the socket is set and doesn't take the message: ENOENT, ECONNREFUSED, EAGAIN, EAFNOSUPPORT
 * (`vsock:`).
 */
export async function notifySystemd(message: string, env: Environment = process.env): Promise<boolean> {
  const address = env.NOTIFY_SOCKET;
  if (address === undefined || address === '') return false;
  sendDatagram(address, message);
  return true;
}

/** `STATUS=` as one line: a line end in a file's name would begin a message of its own. */
export function statusMessage(text: string): string {
  return `STATUS=${text.replace(/\p{Cc}+/gu, ' ')}`;
}

/**
 * Milliseconds between two `WATCHDOG=1`: half of what systemd waits for one (sd_watchdog_enabled(3)), at least 1.
 * `null` when no watchdog is set, or it is for another process.
 */
export function watchdogIntervalMs(env: Environment = process.env, pid: number = process.pid): number | null {
  const { WATCHDOG_USEC, WATCHDOG_PID } = env;
  if (WATCHDOG_USEC === undefined || !/^\d{1,20}$/.test(WATCHDOG_USEC)) return null;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return null;
  const microseconds = Number(WATCHDOG_USEC);
  if (microseconds === 0) return null;
  return Math.min(Math.max(Math.floor(microseconds / 2000), 1), LONGEST_TIMER_MS);
}
