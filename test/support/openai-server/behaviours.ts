import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { beginStream, chatChunk, DONE, event, textChunk, usageChunk } from './events.ts';

export interface Asked {
  readonly endpoint: 'completions' | 'chat' | 'other';
  readonly maxTokens: number;
  readonly usage: boolean;
}

/** How a server answers, the ways in which it fails included. */
export type Behaviour = (response: ServerResponse, asked: Asked) => Promise<void> | void;

const TOKENS = 4;

/** Tokens one by one, as a server that works. */
export const good: Behaviour = async (response, { endpoint, usage }) => {
  beginStream(response);
  if (endpoint === 'chat') response.write(event(chatChunk({ role: 'assistant', content: '' })));
  for (let at = 0; at < TOKENS; at++) {
    await delay(5);
    const text = ` ä${at}`;
    response.write(event(endpoint === 'chat' ? chatChunk({ content: text }) : textChunk(text)));
  }
  response.write(event(endpoint === 'chat' ? chatChunk({}, 'stop') : textChunk('', 'stop')));
  if (usage) response.write(event(usageChunk(2 * TOKENS)));
  response.end(DONE);
};

const closings = new WeakMap<ServerResponse, Promise<void>>();

/** Until the client is gone. One listener an answer, however often it is waited for. */
function hang(response: ServerResponse): Promise<void> {
  const known = closings.get(response);
  if (known) return known;
  const closing = new Promise<void>((resolve) => response.once('close', () => resolve()));
  closings.set(response, closing);
  return closing;
}

function streaming(...pieces: readonly (string | Buffer)[]): Behaviour {
  return async (response) => {
    beginStream(response);
    for (const piece of pieces) {
      response.write(piece);
      await delay(2);
    }
    response.end();
  };
}

const body = (status: number, type: string, text: string): Behaviour => {
  return (response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  };
};

const GOOD_BYTES = Buffer.from(event(textChunk('ä€😀')));

/** Every way, by name. */
export const BEHAVIOURS = {
  good,
  noUsage: (response, asked) => good(response, { ...asked, usage: false }),
  reasoning: streaming(
    event(chatChunk({ role: 'assistant' })),
    event(chatChunk({ reasoning_content: 'hm' })),
    event(chatChunk({ content: 'yes' }, 'stop')),
    DONE,
  ),
  toolCall: streaming(event(chatChunk({ tool_calls: [{ index: 0 }] }, 'tool_calls')), DONE),
  /** Finishes, and leaves out the mark at the end. */
  noDone: streaming(event(textChunk('a')), event(textChunk('b', 'length'))),
  nothingSaid: streaming(event(textChunk('', 'stop')), DONE),
  /** CRLF, comments, ids, unknown fields, several lines of data, no blank line at the end. */
  oddEvents: streaming(
    ': ping\r\n\r\nid: 1\r\nfoo: bar\r\ndata: {"choices":\r\ndata: [{"text":"a","finish_reason":null}]}\r\n\r\n',
    `event: message\r\ndata: ${JSON.stringify(textChunk('b', 'stop'))}`,
  ),
  /** In single bytes, characters and events torn apart. */
  tornBytes: streaming(
    ...[...GOOD_BYTES].map((byte) => Buffer.from([byte])),
    event(textChunk('', 'stop')),
    DONE,
  ),
  /** One piece for everything. */
  atOnce: streaming(event(textChunk('a')) + event(textChunk('b')) + event(textChunk('c', 'stop')) + DONE),
  eventsCalledText: (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`\n${event(textChunk('a', 'stop'))}${DONE}`);
  },
  unauthorised: body(401, 'application/json', '{"error":{"message":"who are you?"}}'),
  busy: body(503, 'text/plain', `busy\u001b[31m${'x'.repeat(100_000)}`),
  redirect: (response) => {
    response.writeHead(307, { location: 'http://127.0.0.1:1/' });
    response.end();
  },
  json: body(200, 'application/json', '{"choices":[{"text":"a"}],"usage":{"completion_tokens":7}}'),
  html: body(200, 'text/html', '<!doctype html><title>Welcome</title>'),
  emptyBody: body(200, 'application/json', ''),
  errorAsJson: body(200, 'application/json', '{"error":{"message":"no such model","code":404}}'),
  oldError: body(200, 'application/json', '{"object":"error","message":"no such model"}'),
  errorInStream: streaming(event(textChunk('a')), event({ error: { message: 'out of memory' } }), DONE),
  errorEvent: streaming(event(textChunk('a')), 'event: error\ndata: the engine died\n\n'),
  notJson: streaming(event(textChunk('a')), event('{"choices": [tru')),
  notAnObject: streaming(event('[1, 2]')),
  choicesNoList: streaming(event({ choices: { text: 'a' } })),
  giantLine: async (response) => {
    beginStream(response);
    const piece = Buffer.alloc(2 ** 20, 'x');
    response.write('data: ');
    for (let at = 0; at < 64 && !response.destroyed; at++) {
      if (!response.write(piece))
        await Promise.race([new Promise((r) => response.once('drain', r)), hang(response)]);
    }
    response.end();
  },
  endless: async (response) => {
    beginStream(response);
    for (let at = 0; !response.destroyed && at < 1e6; at++) {
      if (!response.write(event(textChunk('a')))) {
        await Promise.race([new Promise((r) => response.once('drain', r)), hang(response)]);
      }
    }
  },
  compressed: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    response.end('garbage');
  },
  /** Reads the request, and never says anything. */
  silent: hang,
  headersOnly: async (response) => {
    beginStream(response);
    await hang(response);
  },
  /** Comments alone: the connection lives, the engine doesn't. */
  pings: async (response) => {
    beginStream(response);
    while (!response.destroyed) {
      response.write(': ping\n\n');
      await Promise.race([delay(10), hang(response)]);
    }
  },
  stall: async (response) => {
    beginStream(response);
    response.write(event(textChunk('a')));
    response.write(event(textChunk('b')));
    await hang(response);
  },
  /** Said all, and keeps the connection open. */
  lingers: async (response) => {
    beginStream(response);
    response.write(event(textChunk('a', 'stop')));
    await hang(response);
  },
  halfClosed: streaming(event(textChunk('a')), event(textChunk('b'))),
  reset: async (response) => {
    beginStream(response);
    response.write(event(textChunk('a')));
    await delay(20);
    response.socket?.resetAndDestroy();
  },
  resetAtOnce: (response) => {
    response.socket?.resetAndDestroy();
  },
  closedBeforeHeaders: (response) => {
    response.socket?.end();
  },
  cutAfterHeaders: async (response) => {
    beginStream(response);
    await delay(20);
    response.socket?.destroy();
  },
  notHttp: (response) => {
    response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n');
  },
} as const satisfies Readonly<Record<string, Behaviour>>;

export type BehaviourName = keyof typeof BEHAVIOURS;
