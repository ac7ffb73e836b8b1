import { isIPv4, isIPv6 } from 'node:net';
import { WarmsetError } from '../errors.ts';

/** Where a server listens. */
export interface ListenAddress {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  /** 0 to 65535; 0 lets the kernel choose. */
  readonly port: number;
}

const REMEDY = 'write a host and a port, such as 127.0.0.1:9464 or [::1]:9464';

/**
 * A host and a port from `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`; `:9464` is every address of the host.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim());
  if (match === null) return refuse(text, 'expected HOST:PORT');
  const [, bracketed, plain = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65_535) return refuse(text, 'a port is at most 65535');
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { host: bracketed, port } : refuse(text, 'expected an IPv6 address in []');
  }
  if (plain === '') return { host: '::', port };
  if (/^[\d.]+$/.test(plain) && !isIPv4(plain)) return refuse(text, 'the address is not IPv4');
  const name = /^(?!-)[a-z\d-]{1,63}(?:\.(?!-)[a-z\d-]{1,63})*\.?$/i;
  return plain.length <= 253 && name.test(plain)
    ? { host: plain, port }
    : refuse(text, 'the host has no such form');
}

/** Whether only this host can connect. A name other than `localhost` may lead anywhere. */
export function isLoopback({ host }: ListenAddress): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || /^::ffff:127\.\d+\.\d+\.\d+$/.test(name);
}

/** The reverse of {@link parseListen}. */
export function formatListen({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function refuse(text: string, why: string): never {
  const shown = JSON.stringify(text.slice(0, 60));
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${shown} is not an address to listen at: ${why}`, {
    subject: 'listen',
    remedy: REMEDY,
  });
}
