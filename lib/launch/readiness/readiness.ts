import type { RecognisedServer } from '../types.ts';
import { watchHttp } from './watch-http.ts';

/**
 * How it is known that a server is ready:
 * - `auto`: by its log or its address, whichever comes first, as its kind has them;
 * - `log`: by a line of its output;
 * - `http`: by an address that answers 2xx;
 * - `none`: it isn't asked; the fill ends when it is done.
 */
export type Readiness = 'auto' | 'none' | { readonly log: RegExp } | { readonly http: string | URL };

/** A server that said so, and how. */
export interface Ready {
  readonly by: 'log' | 'http';
  /** From its start, in milliseconds. */
  readonly ms: number;
}

/** The addresses that tell; empty where none is known. */
export function readinessUrls(readiness: Readiness, server: RecognisedServer | null): readonly URL[] {
  if (readiness === 'none') return [];
  if (readiness !== 'auto') return 'http' in readiness ? [new URL(readiness.http)] : [];
  const address = server?.address;
  if (!server || !address) return [];
  const host = loopbackFor(address.host);
  const scheme = address.tls ? 'https' : 'http';
  const ports = [address.port, ...(address.otherPorts ?? [])];
  return ports.flatMap((port) =>
    server.healthPaths.map((path) => new URL(path, `${scheme}://${host}:${port}`)),
  );
}

/** Where to reach a server on this machine that listens on that address. */
function loopbackFor(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '*') return '127.0.0.1';
  if (host === '::' || host === '[::]') return '[::1]';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/**
 * The first way by which the server turns out to be ready; null when the signal came first, or nothing could ever tell.
 *
 * @param log resolves when its output said so, and never otherwise; null where the output can't be read
 */
export async function watchReadiness(
  urls: readonly URL[],
  log: Promise<void> | null,
  signal: AbortSignal,
): Promise<'log' | 'http' | null> {
  if (urls.length === 0 && log === null) return null;
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const ways: Promise<'log' | 'http' | null>[] = [
    new Promise((resolve) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener('abort', () => resolve(null), { once: true });
    }),
  ];
  if (log) ways.push(log.then(() => 'log'));
  if (urls.length > 0) ways.push(watchHttp(urls, both).then((ready) => (ready ? 'http' : null)));
  try {
    return await Promise.race(ways);
  } finally {
    over.abort();
  }
}
