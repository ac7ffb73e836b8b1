import { createParser } from 'eventsource-parser';
import { excerpt } from './excerpt.ts';
import type { TokenCount } from './types.ts';

// A chunk with the log probabilities of many tokens is some hundred KiB.
const LONGEST_EVENT = 4 * 2 ** 20;

/** How a stream stands. Everything but `open` is final. */
export type StreamState =
  | { readonly state: 'open' }
  | { readonly state: 'done' }
  /** More chunks with text than tokens were asked for. */
  | { readonly state: 'limit' }
  | { readonly state: 'server-error'; readonly message: string }
  | { readonly state: 'malformed'; readonly message: string; readonly excerpt: string };

/** What a server streams, event by event. Knows no clock: each piece comes with the time at which it arrived. */
export class TokenStream {
  readonly #parser;
  readonly #maxTokens: number;
  readonly #interTokenMs: number[] = [];
  #now = 0;
  #state: StreamState = { state: 'open' };
  #firstChunkMs: number | null = null;
  #firstTokenMs: number | null = null;
  #lastTokenMs = 0;
  #lastDataMs: number | null = null;
  #chunks = 0;
  #usage: number | null = null;
  #finishReason: string | null = null;

  constructor(maxTokens: number) {
    this.#maxTokens = maxTokens;
    this.#parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ event, data }) => this.#take(event, data),
      onError: ({ type }) => {
        // Unknown fields are to be ignored, and so are bad times to wait before the next connection.
        if (type === 'max-buffer-size-exceeded')
          this.#malformed(`an event is longer than ${LONGEST_EVENT} characters`, '');
      },
    });
  }

  get state(): StreamState {
    return this.#state;
  }
  get firstChunkMs(): number | null {
    return this.#firstChunkMs;
  }
  get firstTokenMs(): number | null {
    return this.#firstTokenMs;
  }
  /** When the last data with a choice arrived. */
  get lastDataMs(): number | null {
    return this.#lastDataMs;
  }
  get interTokenMs(): readonly number[] {
    return this.#interTokenMs;
  }
  get finishReason(): string | null {
    return this.#finishReason;
  }
  get tokens(): TokenCount {
    return this.#usage === null
      ? { tokens: this.#chunks, source: 'counted' }
      : { tokens: this.#usage, source: 'usage' };
  }
  /** Whether the stream may end here: it said why it finished, or that it is done. */
  get complete(): boolean {
    return this.#state.state === 'done' || this.#finishReason !== null;
  }

  feed(text: string, nowMs: number): void {
    if (this.#state.state !== 'open') return;
    this.#now = nowMs;
    this.#parser.feed(text);
  }

  /** The last event may lack its empty line. */
  end(nowMs: number): void {
    if (this.#state.state !== 'open') return;
    this.#now = nowMs;
    this.#parser.feed('\n\n');
  }

  #take(event: string | undefined, data: string): void {
    if (this.#state.state !== 'open') return;
    if (data.trim() === '[DONE]') {
      this.#state = { state: 'done' };
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      if (event === 'error') this.#state = { state: 'server-error', message: excerpt(data) };
      else this.#malformed('an event is no JSON', data);
      return;
    }
    if (!isRecord(value)) {
      this.#malformed('an event is no JSON object', data);
      return;
    }
    const error = errorOf(value);
    if (error !== null || event === 'error') {
      this.#state = { state: 'server-error', message: error ?? excerpt(data) };
      return;
    }
    this.#usage = usageOf(value) ?? this.#usage;
    const { choices } = value;
    if (choices !== undefined && !Array.isArray(choices)) {
      this.#malformed('choices are no list', data);
      return;
    }
    for (const choice of choices ?? []) this.#takeChoice(choice);
  }

  #takeChoice(choice: unknown): void {
    if (!isRecord(choice)) {
      this.#malformed('a choice is no object', JSON.stringify(choice));
      return;
    }
    this.#firstChunkMs ??= this.#now;
    this.#lastDataMs = this.#now;
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
      this.#finishReason = excerpt(choice.finish_reason);
    }
    if (!hasContent(choice)) return;
    if (this.#chunks === this.#maxTokens) {
      this.#state = { state: 'limit' };
      return;
    }
    this.#chunks += 1;
    if (this.#firstTokenMs === null) this.#firstTokenMs = this.#now;
    else this.#interTokenMs.push(this.#now - this.#lastTokenMs);
    this.#lastTokenMs = this.#now;
  }

  #malformed(message: string, data: string): void {
    this.#state = { state: 'malformed', message, excerpt: excerpt(data) };
  }
}

/** The generated tokens by the server's `usage`. */
export function usageOf(value: Readonly<Record<string, unknown>>): number | null {
  const { usage } = value;
  const tokens = isRecord(usage) ? usage.completion_tokens : null;
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null;
}

/** What a document of the form `{"error": …}` says. */
export function errorOf({ error, object, message }: Readonly<Record<string, unknown>>): string | null {
  // vLLM's older form: {"object": "error", "message": …}.
  if (object === 'error')
    return excerpt(typeof message === 'string' ? message : 'an error without a message');
  if (error === undefined || error === null) return null;
  if (typeof error === 'string') return excerpt(error);
  return excerpt(
    isRecord(error) && typeof error.message === 'string' ? error.message : JSON.stringify(error),
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text, reasoning (`reasoning_content` and, later, `reasoning`) or a tool call. */
function hasContent({ text, delta }: Readonly<Record<string, unknown>>): boolean {
  const said = (value: unknown): boolean => typeof value === 'string' && value !== '';
  if (said(text)) return true;
  if (!isRecord(delta)) return false;
  if ([delta.content, delta.reasoning_content, delta.reasoning, delta.refusal].some(said)) return true;
  return (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) || isRecord(delta.function_call);
}
