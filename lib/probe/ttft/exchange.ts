import { StringDecoder } from 'node:string_decoder';
import { Body, looksLikeEvents, readWhole } from './body.ts';
import { excerpt } from './excerpt.ts';
import { TokenStream } from './token-stream.ts';
import type { TtftOutcome, TtftPhase, TtftTimes } from './types.ts';

// A stream of nothing but comments would go on for as long as the time that a request has.
const MOST_BYTES = 2 ** 28;
// Node takes 16 KiB of headers; the rest of an error's body tells nobody more.
const ERROR_CHARACTERS = 16_384;

export interface ExchangeOptions {
  /** When the request was begun, on the clock of all times here. */
  readonly startedAt: number;
  readonly maxTokens: number;
  readonly spawnedAt: number | undefined;
  readonly timeoutMs: number;
  readonly stallMs: number;
}

/** One request and its answer as they come in; settles once. Knows no clock and no socket. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #stream: TokenStream;
  readonly #decoder = new StringDecoder('utf8');
  readonly #body = new Body();
  #outcome: TtftOutcome | null = null;
  #mode: 'none' | 'sniff' | 'events' | 'whole' | 'error' = 'none';
  #status = 0;
  #contentType: string | null = null;
  #connectedMs: number | null = null;
  #connected = false;
  #headersMs: number | null = null;
  #bytes = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#stream = new TokenStream(options.maxTokens);
  }

  get outcome(): TtftOutcome | null {
    return this.#outcome;
  }

  get phase(): TtftPhase {
    if (!this.#connected) return 'connect';
    if (this.#headersMs === null) return 'headers';
    return this.#stream.firstChunkMs === null ? 'first-chunk' : 'stream';
  }

  /** @param fresh whether the connection was made for this request */
  onConnected(at: number, fresh: boolean): void {
    this.#connected = true;
    if (fresh) this.#connectedMs = this.#since(at);
  }

  onHeaders(at: number, status: number, contentType: string | null, encoding: string | null): void {
    this.#connected = true;
    this.#headersMs = this.#since(at);
    this.#status = status;
    this.#contentType = contentType;
    this.#mode = status === 200 ? 'sniff' : 'error';
    if (this.#mode === 'sniff' && encoding !== null && encoding.toLowerCase() !== 'identity') {
      this.#malformed(at, `the answer is compressed (${excerpt(encoding)}), which wasn't asked for`);
    }
  }

  onData(at: number, chunk: Buffer): void {
    if (this.#outcome) return;
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) {
      this.#malformed(at, `the answer is longer than ${MOST_BYTES} bytes`);
      return;
    }
    if (this.#mode === 'error' || this.#mode === 'whole') {
      this.#body.add(chunk);
      if (this.#body.full || (this.#mode === 'error' && this.#bytes > ERROR_CHARACTERS)) this.onEnd(at);
      return;
    }
    const text = this.#decoder.write(chunk);
    if (this.#mode === 'sniff') {
      // Blank lines may come first, and tell nothing.
      if (text.trim() === '') return;
      this.#mode = looksLikeEvents(this.#contentType, text) ? 'events' : 'whole';
      if (this.#mode === 'whole') {
        this.#body.add(chunk);
        return;
      }
    }
    this.#stream.feed(text, this.#since(at));
    this.#judgeStream(at, false);
  }

  /** The answer ended as HTTP wants it. */
  onEnd(at: number): void {
    if (this.#outcome) return;
    if (this.#mode === 'error') {
      const { text } = this.#body;
      this.#settle({
        state: 'http-error',
        status: this.#status,
        excerpt: excerpt(text),
        endToEndMs: this.#since(at),
      });
    } else if (this.#mode === 'whole' || (this.#mode === 'sniff' && !this.#saysEvents())) {
      const answer = readWhole(this.#body.text, this.#contentType);
      if (answer.state === 'server-error') this.#settle({ ...answer, ...this.#times(at) });
      else this.#settle({ ...answer, contentType: this.#contentType, endToEndMs: this.#since(at) });
    } else {
      this.#stream.end(this.#since(at));
      this.#judgeStream(at, true);
    }
  }

  /** The connection failed, or never came about. */
  onFailure(at: number, code: string, message: string): void {
    if (this.#outcome) return;
    if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') {
      this.#malformed(at, `the answer is no HTTP: ${excerpt(message)}`);
    } else if (!this.#connected) {
      this.#settle({ state: 'refused', code, message: excerpt(message) });
    } else if (this.#mode === 'error') {
      // What was wrong with the request is known, whether all of its page came or not.
      this.onEnd(at);
    } else if (this.#stream.complete) {
      this.#answered(at, 'server');
    } else {
      this.#cut(at);
    }
  }

  onTimeout(at: number): void {
    if (!this.#outcome) this.#settle({ state: 'timeout', phase: this.phase, ...this.#times(at) });
  }

  onAbort(at: number): void {
    if (!this.#outcome) this.#settle({ state: 'aborted', ...this.#times(at) });
  }

  /** Milliseconds until it has to be looked at again; 0 when it has just timed out or stalled. */
  check(at: number): number {
    if (this.#outcome) return 0;
    const { timeoutMs, stallMs } = this.#options;
    const left = timeoutMs - this.#since(at);
    if (left <= 0) {
      this.onTimeout(at);
      return 0;
    }
    const { lastDataMs } = this.#stream;
    if (lastDataMs === null) return Math.min(left, stallMs);
    const patience = stallMs - (this.#since(at) - lastDataMs);
    if (patience > 0) return Math.min(left, patience);
    // All that was wanted came, and only the mark at the end of it is missing.
    if (this.#stream.complete) this.#answered(at, 'server');
    else this.#settle({ state: 'stalled', tokens: this.#stream.tokens, ...this.#times(at) });
    return 0;
  }

  #judgeStream(at: number, ended: boolean): void {
    const { state } = this.#stream;
    if (state.state === 'server-error') this.#settle({ ...state, ...this.#times(at) });
    else if (state.state === 'malformed') this.#settle({ ...state, ...this.#times(at) });
    else if (state.state === 'limit') this.#answered(at, 'limit');
    else if (state.state === 'done' || (ended && this.#stream.complete)) this.#answered(at, 'server');
    else if (ended) this.#cut(at);
  }

  #answered(at: number, ended: 'server' | 'limit'): void {
    const { interTokenMs, tokens, finishReason, firstTokenMs } = this.#stream;
    const { spawnedAt, startedAt } = this.#options;
    const fromSpawnMs =
      spawnedAt === undefined || firstTokenMs === null ? null : startedAt + firstTokenMs - spawnedAt;
    const times = this.#times(at);
    this.#settle({ state: 'answered', interTokenMs, tokens, finishReason, ended, fromSpawnMs, ...times });
  }

  #cut(at: number): void {
    this.#settle({ state: 'cut', phase: this.phase, tokens: this.#stream.tokens, ...this.#times(at) });
  }

  #malformed(at: number, message: string): void {
    this.#settle({ state: 'malformed', message, excerpt: '', ...this.#times(at) });
  }

  #settle(outcome: TtftOutcome): void {
    this.#outcome = outcome;
  }

  #saysEvents(): boolean {
    return looksLikeEvents(this.#contentType, '');
  }

  #since(at: number): number {
    return at - this.#options.startedAt;
  }

  #times(at: number): TtftTimes {
    return {
      connectedMs: this.#connectedMs,
      headersMs: this.#headersMs,
      firstChunkMs: this.#stream.firstChunkMs,
      firstTokenMs: this.#stream.firstTokenMs,
      endToEndMs: this.#since(at),
    };
  }
}
