import { StringDecoder } from 'node:string_decoder';
import { excerpt } from './excerpt.ts';
import { errorOf, isRecord, usageOf } from './token-stream.ts';
import type { TokenCount } from './types.ts';

const MOST_CHARACTERS = 4 * 2 ** 20;

/** The text of an answer that is no stream; what is longer than some MiB isn't kept. */
export class Body {
  readonly #decoder = new StringDecoder('utf8');
  readonly #parts: string[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    if (this.full) return;
    const text = this.#decoder.write(chunk);
    this.#parts.push(text);
    this.#length += text.length;
  }

  get full(): boolean {
    return this.#length > MOST_CHARACTERS;
  }

  get text(): string {
    return this.#parts.join('');
  }
}

/** What an answer with status 200 says that isn't a stream of events. */
export type WholeAnswer =
  | { readonly state: 'server-error'; readonly message: string }
  | {
      readonly state: 'not-a-stream';
      readonly kind: 'json' | 'html' | 'other';
      readonly tokens: TokenCount | null;
      readonly excerpt: string;
    };

export function readWhole(text: string, contentType: string | null): WholeAnswer {
  const json = parseRecord(text);
  if (json) {
    const error = errorOf(json);
    if (error !== null) return { state: 'server-error', message: error };
    const tokens = usageOf(json);
    return {
      state: 'not-a-stream',
      kind: 'json',
      tokens: tokens === null ? null : { tokens, source: 'usage' },
      excerpt: excerpt(text),
    };
  }
  const html = contentType?.includes('html') || /^\s*<(!doctype|html)/i.test(text.slice(0, 200));
  return { state: 'not-a-stream', kind: html ? 'html' : 'other', tokens: null, excerpt: excerpt(text) };
}

/** Some servers stream events and call them something else. */
export function looksLikeEvents(contentType: string | null, firstBytes: string): boolean {
  if (contentType?.toLowerCase().startsWith('text/event-stream')) return true;
  if (contentType && /json|html|xml/i.test(contentType)) return false;
  return /^\uFEFF?\s*(data|event|id|retry)?:/.test(firstBytes);
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
