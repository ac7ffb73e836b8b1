import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { isSystemError } from '../../errors.ts';
import { Exchange } from './exchange.ts';
import type { TtftSettings } from './settings.ts';
import type { TtftOutcome } from './types.ts';

// An answer that is done is read to its end, so that its connection can be used again; but not for ever.
const DRAIN_MS = 1_000;

/** Connections of one probe. */
export function makeAgent({ url, keepAlive, concurrency, ca }: TtftSettings): http.Agent {
  // Given one of its own, Node trusts no other.
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  // With a bound on its sockets Node's agent asks servers to keep connections, whatever it is told.
  const options = keepAlive ? { keepAlive, maxSockets: concurrency, ...trusted } : { keepAlive, ...trusted };
  return url.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}

/** One request. What a server does is its outcome, and so is the signal; never rejects. */
export function sendOne(
  settings: TtftSettings,
  agent: http.Agent,
  signal: AbortSignal | undefined,
): Promise<TtftOutcome> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const exchange = new Exchange({ ...settings, startedAt });
    const request = (settings.url.protocol === 'https:' ? https : http).request(settings.url, {
      agent,
      method: 'POST',
      headers: { ...settings.headers, 'content-length': Buffer.byteLength(settings.body) },
    });
    let timer: NodeJS.Timeout | undefined;
    let settled = false;

    const onAbort = (): void => {
      exchange.onAbort(performance.now());
      finish();
    };
    /** Hands over what is settled, once, and lets go of the connection. */
    const finish = (): void => {
      const { outcome } = exchange;
      if (outcome === null || settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      release(request, settings.keepAlive && outcome.state === 'answered' && outcome.ended === 'server');
      resolve(outcome);
    };
    const watch = (): void => {
      const next = exchange.check(performance.now());
      finish();
      if (!settled) timer = setTimeout(watch, Math.max(1, Math.ceil(next)));
    };

    request.once('socket', (socket) => {
      const connected = (): void => exchange.onConnected(performance.now(), true);
      if (request.reusedSocket) exchange.onConnected(performance.now(), false);
      else socket.once(settings.url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
      // So small a request waits for nothing that it could be sent together with.
      socket.setNoDelay(true);
    });
    request.once('response', (response) => {
      const { 'content-type': type, 'content-encoding': encoding } = response.headers;
      exchange.onHeaders(performance.now(), response.statusCode ?? 0, type ?? null, encoding ?? null);
      response.on('data', (chunk: Buffer) => {
        const at = performance.now();
        exchange.onData(at, chunk);
        finish();
      });
      response.once('end', () => {
        exchange.onEnd(performance.now());
        finish();
      });
      response.once('error', onError);
      finish();
    });
    const onError = (error: Error): void => {
      exchange.onFailure(performance.now(), codeOf(error), error.message);
      finish();
    };
    // Stays for what comes behind the outcome: a connection that we end may still fail.
    request.on('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    else request.end(settings.body);
    watch();
  });
}

function release(request: http.ClientRequest, reuse: boolean): void {
  if (!reuse) {
    request.destroy();
    return;
  }
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  request.once('close', () => clearTimeout(timer));
}

function codeOf(error: Error): string {
  if (isSystemError(error)) return error.code;
  return 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
