import { chmod, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type ListenOptions } from 'node:net';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { formatListen, isLoopback, type ListenAddress } from '../../listen-address.ts';

/**
 * Listens, and returns where: the port is known then. A Unix socket that nobody answers at any more is replaced, and is
 * open to its owner and group.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` when others could reach it and that wasn't allowed; `WARMSET_LISTEN` when
 *   the system refuses.
 */
export async function listen(
  server: Server,
  address: ListenAddress,
  allowRemote: boolean,
): Promise<ListenAddress> {
  if (!allowRemote && !isLoopback(address)) throw remoteRefused(address);
  try {
    await attempt(server, address);
  } catch (cause) {
    if (!('socketPath' in address) || !(await isLeftOver(cause, address.socketPath))) {
      throw listenFailed(address, cause);
    }
    await unlink(address.socketPath);
    await attempt(server, address).catch((again: unknown) => {
      throw listenFailed(address, again);
    });
  }
  if ('socketPath' in address) {
    await chmod(address.socketPath, 0o660);
    return address;
  }
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return address;
  // `localhost` is whatever the hosts file says.
  if (!allowRemote && !isLoopback({ host: bound.address, port: bound.port })) {
    server.close();
    throw remoteRefused({ host: bound.address, port: bound.port });
  }
  return { host: bound.address, port: bound.port };
}

function attempt(server: Server, address: ListenAddress): Promise<void> {
  const options: ListenOptions =
    'socketPath' in address ? { path: address.socketPath } : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      server.off('listening', succeeded);
      reject(error);
    };
    const succeeded = (): void => {
      server.off('error', failed);
      resolve();
    };
    server.once('error', failed).once('listening', succeeded).listen(options);
  });
}

/** A socket's file outlives a process that was killed; connecting to it is then refused. */
async function isLeftOver(cause: unknown, socketPath: string): Promise<boolean> {
  if (!isSystemError(cause) || cause.code !== 'EADDRINUSE') return false;
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error) => resolve(isSystemError(error) && error.code === 'ECONNREFUSED'));
  });
}

function remoteRefused(address: ListenAddress): WarmsetError {
  return new WarmsetError(
    'WARMSET_BAD_ARGUMENT',
    `${formatListen(address)} can be reached from other machines, and that was not asked for`,
    {
      subject: 'host',
      remedy:
        'listen at 127.0.0.1, or allow it (allowRemote): whoever reaches the port can then read the names and sizes of the files',
    },
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'choose another port, or end what listens there (`ss -ltnp` names it)',
  EACCES: 'choose a port from 1024 up, or a directory that may be written to',
  EADDRNOTAVAIL: 'choose an address that this machine has (`ip address` lists them)',
  ENOTFOUND: 'choose an address that this machine has (`ip address` lists them)',
  ENOENT: 'make the directory of the socket first',
};

function listenFailed(address: ListenAddress, cause: unknown): WarmsetError {
  const code = isSystemError(cause) ? cause.code : 'unknown';
  const why = code === 'EADDRINUSE' ? 'something else listens there' : String(cause);
  return new WarmsetError('WARMSET_LISTEN', `can't listen at ${formatListen(address)}: ${why} (${code})`, {
    subject: formatListen(address),
    remedy: REMEDIES[code] ?? 'choose another address',
    cause,
  });
}
