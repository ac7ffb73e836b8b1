import { addon } from './addon.ts';
import { toSystemError } from './system-error.ts';

/**
 * Sends one datagram to a Unix socket (Node has only stream ones): a path, or an abstract name behind `@`. Answers at
 * once; it never waits.
 *
 * @throws SystemError: ENOENT or ECONNREFUSED where nobody listens, EAGAIN where the listener's queue is full.
 */
export function sendDatagram(address: string, message: string): void {
  const failure = addon().notify(address, message);
  if (failure) throw toSystemError(failure, address);
}
