import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Asked, BEHAVIOURS, type Behaviour, type BehaviourName } from './behaviours.ts';

export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface OpenAiServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Requests to an endpoint, in the order in which they came. */
  readonly received: readonly Received[];
  /** Connections made so far. */
  readonly connections: number;
  /** Most requests that were in flight at once. */
  readonly mostAtOnce: number;
}

export interface OpenAiServerOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Text of `GET /metrics`, asked anew each time. */
  readonly metrics?: () => string;
}

/** An OpenAI-compatible server at a free port. Several behaviours take turns, the last one stays. */
export async function startOpenAiServer(
  behaviours: BehaviourName | Behaviour | readonly (BehaviourName | Behaviour)[],
  { host = '127.0.0.1', tls, metrics }: OpenAiServerOptions = {},
): Promise<OpenAiServer> {
  const list: readonly Behaviour[] = [behaviours]
    .flat()
    .map((one) => (typeof one === 'string' ? BEHAVIOURS[one] : one));
  const seen = { received: [] as Received[], connections: 0, mostAtOnce: 0 };
  let atOnce = 0;
  const handle: http.RequestListener = async (request, response) => {
    if (request.method === 'GET') return answerGet(request, response, metrics);
    atOnce += 1;
    seen.mostAtOnce = Math.max(seen.mostAtOnce, atOnce);
    response.once('close', () => {
      atOnce -= 1;
    });
    let text = '';
    for await (const piece of request) text += String(piece);
    const body = JSON.parse(text) as Record<string, unknown>;
    const chosen = list[Math.min(seen.received.length, list.length - 1)];
    seen.received.push({ path: request.url ?? '', headers: request.headers, body });
    await chosen?.(response, toAsked(request.url, body));
  };
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    void Promise.resolve(handle(request, response)).catch(() => response.destroy());
  };
  const server = tls ? https.createServer(tls, onRequest) : http.createServer(onRequest);
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return Object.defineProperties(Object.create(null) as OpenAiServer, {
    url: { value: `${tls ? 'https' : 'http'}://${name}:${port}` },
    port: { value: port },
    received: { get: () => seen.received },
    connections: { get: () => seen.connections },
    mostAtOnce: { get: () => seen.mostAtOnce },
    [Symbol.asyncDispose]: {
      value: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    },
  });
}

function answerGet(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  metrics: (() => string) | undefined,
): void {
  const models = request.url === '/v1/models';
  if (!models && !(request.url === '/metrics' && metrics)) {
    response.writeHead(404).end('not found');
    return;
  }
  response.writeHead(200, { 'content-type': models ? 'application/json' : 'text/plain; version=0.0.4' });
  response.end(models ? '{"object":"list","data":[{"id":"tiny"},{"id":"other"}]}' : metrics?.());
}

function toAsked(path: string | undefined, body: Readonly<Record<string, unknown>>): Asked {
  const options = body.stream_options as { include_usage?: boolean } | undefined;
  return {
    endpoint: path === '/v1/chat/completions' ? 'chat' : path === '/v1/completions' ? 'completions' : 'other',
    maxTokens: Number(body.max_tokens),
    usage: options?.include_usage === true,
  };
}
