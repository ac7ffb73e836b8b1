import { isIP } from 'node:net';

/**
 * Whether a request for this Host may be answered by a server that listens at loopback. A page in a browser can point a
 * name of its own at 127.0.0.1 and then read what is served there (DNS rebinding); it can't do so with an address.
 */
export function isLocalHostHeader(header: string | undefined): boolean {
  if (header === undefined || header === '') return true;
  const host = header.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 || /^(.+\.)?localhost\.?$/i.test(host);
}
