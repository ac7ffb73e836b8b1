import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { WarmsetError } from './errors.ts';

/** Where a server listens: a port of one address, or a Unix socket. */
export type ListenAddress =
  | {
      /** A name or an address; IPv6 without brackets. */
      readonly host: string;
      /** 0 to 65535; 0 is any that is free. */
      readonly port: number;
    }
  | {
      /** Absolute. */
      readonly socketPath: string;
    };

const REMEDY =
  'write a host and a port, such as 127.0.0.1:9464 or [::1]:9464, or a socket, such as unix:/run/warmset.sock';

// sockaddr_un has 108 bytes, the last of them a zero; the kernel would cut the name without a word.
const MOST_SOCKET_BYTES = 107;

/**
 * An address from `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464` or `unix:/run/warmset.sock`; `:9464` is every address
 * of the host.
 *
 * @param subject what the text is for, for the error
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function parseListen(text: string, subject = 'listen'): ListenAddress {
  const found = text.startsWith('unix:') ? readSocket(text.slice('unix:'.length)) : readPort(text.trim());
  if (typeof found !== 'string') return found;
  const shown = JSON.stringify(text.slice(0, 60));
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${shown} is not an address to listen at: ${found}`, {
    subject,
    remedy: REMEDY,
  });
}

/** The address, or what is wrong with it. */
function readSocket(socketPath: string): ListenAddress | string {
  if (!socketPath.startsWith('/') || socketPath.includes('\0'))
    return 'the path of a Unix socket is absolute';
  return Buffer.byteLength(socketPath) > MOST_SOCKET_BYTES
    ? `the path of a Unix socket has at most ${MOST_SOCKET_BYTES} bytes`
    : { socketPath };
}

const NAME = /^(?!-)[a-z\d-]{1,63}(?:\.(?!-)[a-z\d-]{1,63})*\.?$/i;

function readPort(text: string): ListenAddress | string {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return 'expected HOST:PORT';
  const [, bracketed, plain = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65_535) return 'a port is at most 65535';
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? { host: bracketed, port } : 'expected an IPv6 address in []';
  }
  if (plain === '') return { host: '::', port };
  if (/^[\d.]+$/.test(plain) && !isIPv4(plain)) return 'the address is not IPv4';
  return plain.length <= 253 && NAME.test(plain) ? { host: plain, port } : 'the host has no such form';
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Whether only this host can connect. A name other than `localhost` may lead anywhere. */
export function isLoopback(address: ListenAddress): boolean {
  if ('socketPath' in address) return true;
  const { host } = address;
  const family = isIP(host);
  if (family === 0) return /^localhost$/i.test(host);
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** The reverse of {@link parseListen}. */
export function formatListen(address: ListenAddress): string {
  if ('socketPath' in address) return `unix:${address.socketPath}`;
  const { host, port } = address;
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
