import type { LatencySummary } from '../summary.ts';

export type TtftEndpoint = 'completions' | 'chat';

/** As `/v1/chat/completions` takes it. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export interface ProbeTtftOptions {
  /**
   * Where the server answers: `http://127.0.0.1:8000`, with or without `/v1`, or the whole address of an endpoint. A
   * path before `/v1` and a query are kept. Redirects aren't followed, proxies aren't used.
   */
  readonly url: string | URL;
  /** As the server knows it (`GET /v1/models` lists them). */
  readonly model: string;
  /** What is asked. Stands for one message of the user where the endpoint is `chat`. @default a short sentence */
  readonly prompt?: string | undefined;
  /** Instead of a prompt, and only with `chat`. */
  readonly messages?: readonly ChatMessage[] | undefined;
  /** @default what the address ends with, `chat` with messages, else `completions` */
  readonly endpoint?: TtftEndpoint | undefined;
  /** Requests that are measured, 1 to 10,000. @default 5 */
  readonly requests?: number | undefined;
  /** Of them in flight at once, 1 to 1,024. @default 1 */
  readonly concurrency?: number | undefined;
  /** Requests before those, one after the other, told apart and in no summary; 0 to 1,000. @default 0 */
  readonly warmUp?: number | undefined;
  /** Asked of the server, and where it doesn't keep to it, where reading stops; 1 to 65,536. @default 64 */
  readonly maxTokens?: number | undefined;
  /** Of one request from its start to its end, milliseconds, 1 to 86,400,000. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** Longest silence between two tokens, milliseconds, 1 to 86,400,000. @default 30000 */
  readonly stallMs?: number | undefined;
  /** Added to ours, and instead of ours where they have the same name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as a bearer token. Never part of a result. */
  readonly apiKey?: string | undefined;
  /** Name of an environment variable that holds the key; an error where it isn't set. */
  readonly apiKeyFrom?: string | undefined;
  /** Further certificate authorities, PEM; `NODE_EXTRA_CA_CERTS` of Node itself is honoured, too. */
  readonly ca?: string | undefined;
  /** Lets requests share connections. A first request of a user has none yet. @default false */
  readonly keepAlive?: boolean | undefined;
  /** When the server's process was started, as `performance.now()` of this process tells time. */
  readonly spawnedAt?: number | undefined;
  /** Ends the requests in flight; what was measured until then is the result. */
  readonly signal?: AbortSignal | undefined;
  /** Of each request, as soon as it is over. */
  readonly onOutcome?: ((outcome: TtftOutcome, warmUp: boolean) => void) | undefined;
}

/** Times since the request was begun, milliseconds; `null` for what wasn't reached. */
export interface TtftTimes {
  /** TCP, and TLS with https; `null` where a connection was there already. */
  readonly connectedMs: number | null;
  /** Status and headers of the answer. */
  readonly headersMs: number | null;
  /** First data with a choice in it, even an empty one or one that names a role only. */
  readonly firstChunkMs: number | null;
  /** First text, reasoning or tool call. This is the time to first token. */
  readonly firstTokenMs: number | null;
  readonly endToEndMs: number;
}

/** Generated tokens, and who says so: the server's `usage`, or chunks with text, of which each may hold several. */
export interface TokenCount {
  readonly tokens: number;
  readonly source: 'usage' | 'counted';
}

/** What has been begun and isn't over. */
export type TtftPhase = 'connect' | 'headers' | 'first-chunk' | 'stream';

interface Answer extends TtftTimes {
  readonly state: 'answered';
  /** From each chunk with text to the next, milliseconds. Chunks that arrive in one piece are 0 apart. */
  readonly interTokenMs: readonly number[];
  readonly tokens: TokenCount;
  /** As the server says: `stop`, `length` … */
  readonly finishReason: string | null;
  /** `limit`: the server went on behind `maxTokens`, and we stopped to read. */
  readonly ended: 'server' | 'limit';
  /** From the start of the server's process to its first token. `null` where neither is known. */
  readonly fromSpawnMs: number | null;
}

/** What became of one request. Whatever a server does is one of these. */
export type TtftOutcome =
  | Answer
  /** It answered at once, not token by token: only the whole is a time. */
  | {
      readonly state: 'not-a-stream';
      readonly kind: 'json' | 'html' | 'other';
      readonly contentType: string | null;
      readonly endToEndMs: number;
      readonly tokens: TokenCount | null;
      readonly excerpt: string;
    }
  /** Redirects, too. */
  | {
      readonly state: 'http-error';
      readonly status: number;
      readonly excerpt: string;
      readonly endToEndMs: number;
    }
  /** The answer is an error, with status 200, in the stream or instead of it. */
  | ({ readonly state: 'server-error'; readonly message: string } & TtftTimes)
  /** No connection: nobody listens, no such name, no way there, a certificate that isn't trusted. */
  | { readonly state: 'refused'; readonly code: string; readonly message: string }
  | ({ readonly state: 'timeout'; readonly phase: TtftPhase } & TtftTimes)
  /** Nothing came for longer than `stallMs` once the stream had begun. */
  | ({ readonly state: 'stalled'; readonly tokens: TokenCount } & TtftTimes)
  /** The connection ended before the answer did. */
  | ({ readonly state: 'cut'; readonly phase: TtftPhase; readonly tokens: TokenCount } & TtftTimes)
  | ({ readonly state: 'malformed'; readonly message: string; readonly excerpt: string } & TtftTimes)
  | ({ readonly state: 'aborted' } & TtftTimes);

export type TtftState = TtftOutcome['state'];

/** Over the requests that were answered. Each is `null` where none had it. */
export interface TtftSummary {
  readonly connect: LatencySummary | null;
  readonly firstChunk: LatencySummary | null;
  readonly firstToken: LatencySummary | null;
  readonly interToken: LatencySummary | null;
  readonly endToEnd: LatencySummary | null;
}

export interface TtftProbe {
  readonly url: string;
  readonly endpoint: TtftEndpoint;
  readonly model: string;
  /** In the order in which they were begun; fewer than asked for when aborted. */
  readonly outcomes: readonly TtftOutcome[];
  readonly warmUp: readonly TtftOutcome[];
  readonly summary: TtftSummary;
  /** How many requests came to what. */
  readonly counts: Readonly<Partial<Record<TtftState, number>>>;
  /** Of the time to first token. */
  readonly ttftP95Ms: number | null;
  /** From the start of the server's process to its first answered token, warm-up included. */
  readonly firstAnswerFromSpawnMs: number | null;
  /** From the first measured request to the end of the last. */
  readonly tookMs: number;
}
