import { BlockList, isIP } from 'node:net';
import { WarmsetError } from '../../errors.ts';

/** Where to listen: a port of one address, or a Unix socket. Port 0 is any that is free. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

const REMEDY = 'write an address and a port such as 127.0.0.1:9464 or [::1]:9464, or unix:/run/warmset.sock';

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT`. @param name What the text is for (`--listen`). */
export function parseListenAddress(text: string, name = 'listen'): ListenAddress {
  const refuse = (why: string): never => {
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      `${JSON.stringify(text)} is not an address to listen at: ${why}`,
      {
        subject: name,
        remedy: REMEDY,
      },
    );
  };
  if (text.startsWith('unix:')) {
    const socketPath = text.slice('unix:'.length);
    if (!socketPath.startsWith('/')) return refuse('the path of a Unix socket is absolute');
    // sockaddr_un has 108 bytes, the last of them a zero; the kernel would cut the name without a word.
    if (Buffer.byteLength(socketPath) > 107) return refuse('the path of a Unix socket has at most 107 bytes');
    return { socketPath };
  }
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return refuse('expected an address, a colon and a port');
  const port = Number(match[3]);
  if (port > 65_535) return refuse('a port is at most 65535');
  if (match[1] !== undefined && isIP(match[1]) !== 6) return refuse('brackets are for IPv6 addresses');
  const host = match[1] ?? match[2] ?? '';
  if (host === '') return refuse('the address is missing (0.0.0.0 or [::] would be all of this machine)');
  return { host, port };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^localhost$/i.test(host);
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether a request for this Host may be answered by a server that listens at loopback. A page in a browser can point a
 * name of its own at 127.0.0.1 and then read what is served there (DNS rebinding); it can't do so with an address.
 */
export function isLocalHostHeader(header: string | undefined): boolean {
  if (header === undefined || header === '') return true;
  const host = header.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 || /^(.+\.)?localhost\.?$/i.test(host);
}

export function showAddress(address: ListenAddress): string {
  if ('socketPath' in address) return `unix:${address.socketPath}`;
  return isIP(address.host) === 6 ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
