/**
 * The file names of an index of safetensors, read without JSON.parse: that makes an object of a million properties of a
 * large index, in one piece, and was measured to hold the event loop for 6 s for 55 MiB.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Bytes between two pauses: a few milliseconds' work. */
const STEP = 2 ** 18;

/** Why a text is no index, to follow its name. */
export class NoIndex extends Error {}

/**
 * Scans `{"weight_map": {TENSOR: FILE, …}, …}`. Yields now and then, so that others get their turn; returns the files.
 * Pure.
 *
 * @throws NoIndex
 */
export function* scanIndex(bytes: Buffer): Generator<void, ReadonlySet<string>> {
  const scan = new Scan(bytes);
  let names: ReadonlySet<string> | undefined;
  scan.expect(OPEN);
  for (let key = scan.firstKey(); key !== undefined; key = scan.nextKey()) {
    if (key === 'weight_map') names = yield* scanMap(scan);
    else yield* skipValue(scan);
  }
  scan.expectEnd();
  if (!names) throw new NoIndex('has no weight_map');
  return names;
}

function* scanMap(scan: Scan): Generator<void, ReadonlySet<string>> {
  const names = new Set<string>();
  if (scan.peek() !== OPEN) throw new NoIndex('has no weight_map');
  scan.expect(OPEN);
  for (let key = scan.firstKey(); key !== undefined; key = scan.nextKey()) {
    if (scan.peek() !== QUOTE) throw new NoIndex('maps a tensor to something that is no name');
    names.add(scan.string());
    if (scan.isDue()) yield;
  }
  return names;
}

/** Passes a value by, however deep it is: nothing is remembered of it but the depth. */
function* skipValue(scan: Scan): Generator<void, void> {
  let depth = 0;
  do {
    const byte = scan.peek();
    if (byte === QUOTE) scan.skipString();
    else {
      if (byte === OPEN || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
      scan.skipByte();
    }
    if (scan.isDue()) yield;
  } while (depth > 0 || !scan.atEndOfValue());
}

class Scan {
  readonly #bytes: Buffer;
  #at = 0;
  #due = STEP;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The next byte that isn't space. */
  peek(): number {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    throw new NoIndex('is no JSON');
  }

  expect(byte: number): void {
    if (this.peek() !== byte) throw new NoIndex('is no JSON');
    this.#at += 1;
  }

  skipByte(): void {
    this.#at += 1;
  }

  atEndOfValue(): boolean {
    const byte = this.peek();
    return byte === COMMA || byte === CLOSE;
  }

  expectEnd(): void {
    if (this.#bytes.subarray(this.#at).toString('latin1').trim() !== '') throw new NoIndex('is no JSON');
  }

  isDue(): boolean {
    if (this.#at < this.#due) return false;
    this.#due = this.#at + STEP;
    return true;
  }

  /** The key behind `{`; undefined where the object is empty. */
  firstKey(): string | undefined {
    if (this.peek() !== CLOSE) return this.#key();
    this.#at += 1;
    return undefined;
  }

  /** The key behind a value; undefined where the object ends. */
  nextKey(): string | undefined {
    const byte = this.peek();
    this.#at += 1;
    if (byte === COMMA) return this.#key();
    if (byte !== CLOSE) throw new NoIndex('is no JSON');
    return undefined;
  }

  #key(): string {
    const key = this.string();
    this.expect(COLON);
    return key;
  }

  string(): string {
    this.peek();
    const start = this.#at;
    this.skipString();
    const inner = this.#bytes.toString('latin1', start + 1, this.#at - 1);
    return /^[ !#-[\]-~]*$/.test(inner) ? inner : decode(this.#bytes.toString('utf8', start, this.#at));
  }

  skipString(): void {
    this.expect(QUOTE);
    for (let from = this.#at; ; ) {
      const end = this.#bytes.indexOf(QUOTE, from);
      if (end < 0) throw new NoIndex('is no JSON');
      let escapes = end;
      while (escapes > this.#at && this.#bytes[escapes - 1] === BACKSLASH) escapes -= 1;
      from = end + 1;
      if ((end - escapes) % 2 === 1) continue;
      this.#at = from;
      return;
    }
  }
}

function decode(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new NoIndex('is no JSON');
  }
}
