import { badModel } from '../tensors/bad-model.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

// Nobody nests here at all; what isn't ours is skipped so far.
const MOST_DEPTH = 16;

// What can't be left in the middle: a hundred milliseconds' work at most. Files have a tenth of a megabyte of either.
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

// A few milliseconds' work.
const BYTES_A_TURN = 256 * 1024;

/**
 * Walks over JSON of a known form in the place where it lies, and refuses everything else. Not JSON.parse: that takes
 * the last of two equal names without a word, makes objects of whatever is there before anybody can look at it, and holds
 * the event loop for all of it: five seconds for 60 MB of short names.
 */
export class JsonCursor {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;
  #turn: number;

  /** @param bytes checked to be UTF-8 from `start` on */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#turn = start;
    this.#end = end;
  }

  /** Whether so much was passed since this last said yes that others should have a turn. */
  get turnIsOver(): boolean {
    if (this.#at - this.#turn < BYTES_A_TURN) return false;
    this.#turn = this.#at;
    return true;
  }

  get at(): number {
    return this.#at;
  }

  /** Whether this character comes next; then it is passed. */
  take(character: string): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== character.charCodeAt(0) || this.#at >= this.#end) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string, where: string): void {
    if (!this.take(character)) throw badModel(`its header has no '${character}' ${where}`, this.#at);
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#at < this.#end) throw badModel('its header goes on behind its last brace', this.#at);
  }

  /** @param most bytes that it may have */
  string(what: string, most: number): string {
    const { start, end, escaped } = this.#passString(what);
    if (end - start > most) throw badModel(`${what} is longer than ${most} bytes`, start);
    const text = this.#bytes.toString('utf8', start, end);
    if (!escaped) return text;
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      throw badModel(`${what} has an escape that is none`, start);
    }
  }

  skipString(what: string): void {
    this.#passString(what);
  }

  /** From 0 on, exact. */
  wholeNumber(what: string): number {
    this.#skipSpace();
    const start = this.#at;
    let value = 0;
    for (; this.#at < this.#end; this.#at += 1) {
      const digit = (this.#bytes[this.#at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (!Number.isSafeInteger(value)) throw badModel(`${what} is too large a number`, start);
    }
    if (this.#at === start) throw badModel(`${what} is no whole number from 0`, start);
    return value;
  }

  wholeNumbers(what: string, most: number): readonly number[] {
    const numbers: number[] = [];
    this.expect('[', `before ${what}`);
    if (this.take(']')) return numbers;
    do {
      if (numbers.length === most) throw badModel(`${what} has more than ${most} numbers`, this.#at);
      numbers.push(this.wholeNumber(what));
    } while (this.take(','));
    this.expect(']', `behind ${what}`);
    return numbers;
  }

  /** Passes a value that means nothing here, whatever it is. */
  *skipValue(): Generator<void> {
    let depth = 0;
    do {
      if (this.turnIsOver) yield;
      this.#skipSpace();
      const byte = this.#bytes[this.#at] ?? 0;
      if (this.#at >= this.#end) throw badModel('its header ends in the middle of a value', this.#at);
      if (byte === QUOTE) this.#passString('a value');
      else {
        this.#at += 1;
        if (OPENING.has(byte)) depth += 1;
        else if (CLOSING.has(byte)) depth -= 1;
        if (depth > MOST_DEPTH) throw badModel('its header is nested too deeply', this.#at);
        if (depth < 0) throw badModel('its header has a closing bracket too many', this.#at);
      }
    } while (depth > 0 || !this.#atValueEnd());
  }

  #atValueEnd(): boolean {
    this.#skipSpace();
    const byte = this.#bytes[this.#at] ?? 0;
    return this.#at >= this.#end || byte === 0x2c || CLOSING.has(byte);
  }

  #passString(what: string): { readonly start: number; readonly end: number; readonly escaped: boolean } {
    this.expect('"', `before ${what}`);
    const start = this.#at;
    const bytes = this.#bytes;
    let escaped = false;
    const most = Math.min(this.#end, start + MOST_TEXT_BYTES + 1);
    let at = start;
    for (; at < most; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte < 0x20) throw badModel(`${what} has a control character in it`, at);
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      }
    }
    if (at - start > MOST_TEXT_BYTES)
      throw badModel(`${what} is longer than ${MOST_TEXT_BYTES} bytes`, start);
    if (at >= this.#end) throw badModel(`its header ends in ${what}`, start);
    this.#at = at + 1;
    return { start, end: at, escaped };
  }

  #skipSpace(): void {
    const start = this.#at;
    for (; this.#at < this.#end; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      if (this.#at - start > MOST_TEXT_BYTES) throw badModel('its header is full of spaces', start);
    }
  }
}
