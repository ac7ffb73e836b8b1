import type { Tells } from './dialect.ts';

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const MOST_SEEN = 4096;

type TellsBytes = Extract<Tells, { tells: 'bytes' }>;

/** Bytes that one line says; null where it says none, or what can't be (a cache of -3.31 GiB). */
export function bytesOf(text: string, pattern: RegExp): number | null {
  let sum = 0;
  let found = false;
  for (const match of pattern.global ? text.matchAll(pattern) : [pattern.exec(text)]) {
    if (match === null) return null;
    // These servers count in 1024s whether they write GiB or GB.
    const bytes = Number(match[1]) * (UNITS[(match[2] ?? 'b').charAt(0).toLowerCase()] ?? 1);
    if (!(bytes >= 0)) return null;
    sum += bytes;
    found = true;
  }
  return found && sum <= Number.MAX_SAFE_INTEGER ? Math.round(sum) : null;
}

/** One number that several lines say. */
export class ByteFigure {
  #bytes: number | null = null;
  #fallback = false;
  readonly #seen = new Set<string>();

  get bytes(): number | null {
    return this.#bytes;
  }

  /** @param line what tells a line that is printed twice from two lines */
  record(bytes: number, { several, fallback = false }: TellsBytes, line: string): void {
    if (this.#bytes !== null && fallback && !this.#fallback) return;
    const before = this.#fallback && !fallback ? null : this.#bytes;
    this.#fallback = fallback;
    if (before === null || several === 'latest') this.#bytes = bytes;
    else if (several === 'largest') this.#bytes = Math.max(before, bytes);
    else if (!this.#seen.has(line)) this.#bytes = before + bytes;
    if (several === 'sum' && this.#seen.size < MOST_SEEN) this.#seen.add(line);
  }
}
