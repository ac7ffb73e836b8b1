import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { formatListen, isLoopback, type ListenAddress } from '../../listen-address.ts';
import { listen } from './listen.ts';
import { isLocalHostHeader } from './local-host.ts';
import { type Answer, plain, respond, SECURITY_HEADERS, type Served } from './respond.ts';

export interface ExporterLimits {
  /** Open at once; further ones are closed unanswered. @default 64 */
  readonly connections?: number;
  /** Milliseconds until a request's head must be here. @default 5_000 */
  readonly headMs?: number;
  /** Milliseconds in which nothing moves until a connection is closed. @default 15_000 */
  readonly idleMs?: number;
}

export type ExporterOptions = Served &
  ListenAddress & {
    /** Lets others than this machine in; there is no password. @default false */
    readonly allowRemote?: boolean;
    readonly limits?: ExporterLimits;
    /** Closes the exporter. */
    readonly signal?: AbortSignal;
  };

export interface Exporter extends AsyncDisposable {
  readonly address: ListenAddress;
  /** `http://127.0.0.1:9464`, or `unix:/run/warmset.sock`. */
  readonly url: string;
  /** Lets answers that are under way end for half a second, then closes every connection. */
  close(): Promise<void>;
}

const MAX_HEAD_BYTES = 8192;
const LAST_ANSWERS_MS = 500;

/**
 * Serves `/metrics`, `/healthz`, `/readyz`, `/status.json` and a page at `/`. Everything comes from memory.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`, `WARMSET_LISTEN`: see {@link listen}.
 */
export async function startExporter(options: ExporterOptions): Promise<Exporter> {
  const { allowRemote = false, limits = {}, signal } = options;
  signal?.throwIfAborted();
  const { connections = 64, headMs = 5_000, idleMs = 15_000 } = limits;
  let local = true;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: headMs,
      requestTimeout: headMs,
      // What looks for requests that are late; a minute by default.
      connectionsCheckingInterval: Math.min(headMs, 1_000),
      keepAliveTimeout: idleMs,
    },
    (request, response) => void answer(options, request, response, local),
  );
  server.maxConnections = connections;
  server.maxRequestsPerSocket = 1_000;
  // A reader that takes nothing of its answer is not late by the limits above.
  server.setTimeout(idleMs);
  const address = await listen(server, options, allowRemote);
  local = 'host' in address && isLoopback(address);

  const shut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const ended = new AbortController();
    const late = delay(LAST_ANSWERS_MS, undefined, { signal: ended.signal }).then(
      () => server.closeAllConnections(),
      () => {},
    );
    await closed;
    ended.abort();
    await late;
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort);
    closing ??= shut();
    return closing;
  };
  const onAbort = (): void => void close();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) await close();
  const url = 'socketPath' in address ? formatListen(address) : `http://${formatListen(address)}`;
  return { address, url, close, [Symbol.asyncDispose]: close };
}

async function answer(
  served: Served,
  request: IncomingMessage,
  response: ServerResponse,
  local: boolean,
): Promise<void> {
  // A body is of no use here: it isn't read, so the connection can't be used again.
  const hasBody =
    'transfer-encoding' in request.headers || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody) response.shouldKeepAlive = false;
  try {
    send(request, response, await decide(served, request, local, hasBody));
  } catch {
    // What went wrong is for the embedder's own log, not for whoever asked.
    if (!response.headersSent) send(request, response, plain(500, 'The answer could not be made.'));
    else response.destroy();
  }
}

function decide(
  served: Served,
  request: IncomingMessage,
  local: boolean,
  hasBody: boolean,
): Answer | Promise<Answer> {
  if (local && !isLocalHostHeader(request.headers.host)) {
    return plain(421, 'This listens at loopback only: ask for localhost or an address.');
  }
  const { method = '', url = '', headers } = request;
  if (hasBody && (method === 'GET' || method === 'HEAD')) return plain(413, 'A request has no body here.');
  return respond(served, { method, url, accept: headers.accept });
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...answer.headers,
    'Content-Type': answer.type,
    'Content-Length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
