import { isUtf8 } from 'node:buffer';
import { badModel } from '../tensors/bad-model.ts';

/** A range of the file's bytes that is needed next. */
export interface Wanted {
  readonly offset: number;
  readonly length: number;
}

/** Asks for ranges of bytes, gets them, and comes to a value. A file that has less answers with less. */
export type Scan<T> = Generator<Wanted, T, Buffer>;

// Enough for the header of a file without a tokenizer; those with one have some megabytes.
const FIRST_PIECE = 64 * 1024;
const LARGEST_PIECE = 4 * 1024 * 1024;

/** Bytes. The tokenizers with most words come to twenty million. */
const MOST_READ_BYTES = 128 * 1024 * 1024;

/** Arrays within arrays, of which no model has any: each costs a thousand times what a byte does. */
const MOST_INNER_ARRAYS = 100_000;

/** Walks over a GGUF header, of which it holds one piece at a time. */
export class GgufCursor {
  readonly #fileSize: number;
  #piece: Buffer = Buffer.alloc(0);
  #pieceStart = 0;
  #nextPiece = FIRST_PIECE;
  #read = 0;
  #innerArrays = 0;
  #at = 0;
  /** Set by who has read the version. */
  littleEndian = true;
  /** Bytes of a count or a length: 4 in the first version of the format. */
  countBytes: 4 | 8 = 8;

  constructor(fileSize: number) {
    this.#fileSize = fileSize;
  }

  /** Bytes from the beginning of the file. */
  get at(): number {
    return this.#at;
  }

  get fileSize(): number {
    return this.#fileSize;
  }

  *u32(what: string): Scan<number> {
    const at = yield* this.#take(4, what);
    return this.littleEndian ? this.#piece.readUInt32LE(at) : this.#piece.readUInt32BE(at);
  }

  *u64(what: string): Scan<number> {
    const at = yield* this.#take(8, what);
    const value = this.#u64At(at);
    if (value > Number.MAX_SAFE_INTEGER) throw badModel(`${what} is too large a number`, this.#at - 8);
    return value;
  }

  *count(what: string): Scan<number> {
    return yield* this.countBytes === 4 ? this.u32(what) : this.u64(what);
  }

  *bytes(length: number, what: string): Scan<Buffer> {
    const at = yield* this.#take(length, what);
    return this.#piece.subarray(at, at + length);
  }

  /** @param most bytes that it may have */
  *string(what: string, most: number): Scan<string> {
    const start = this.#at;
    const length = yield* this.count(`the length of ${what}`);
    if (length > most) throw badModel(`${what} has ${length} bytes, and may have ${most}`, start);
    const bytes = yield* this.bytes(length, what);
    if (!isUtf8(bytes)) throw badModel(`${what} isn't UTF-8`, start);
    return bytes.toString('utf8');
  }

  countInnerArrays(count: number, what: string): void {
    this.#innerArrays += count;
    if (this.#innerArrays <= MOST_INNER_ARRAYS) return;
    throw badModel(`${what} has more than ${MOST_INNER_ARRAYS} arrays in arrays`, this.#at);
  }

  /** Passes bytes without reading them. */
  skip(length: number, what: string): void {
    if (length > this.#fileSize - this.#at) throw this.#ended(what);
    this.#at += length;
  }

  /** Passes strings, whose lengths alone are looked at. A loop of its own: vocabularies have hundreds of thousands. */
  *skipStrings(count: number, what: string): Scan<void> {
    const { countBytes } = this;
    for (let left = count; left > 0; ) {
      yield* this.#hold(countBytes, what);
      const last = this.#pieceStart + this.#piece.length - countBytes;
      for (; left > 0 && this.#at <= last; left -= 1) {
        const at = this.#at - this.#pieceStart;
        const length = countBytes === 8 ? this.#u64At(at) : this.#u32At(at);
        this.#at += countBytes;
        this.skip(length, what);
      }
    }
  }

  #u64At(at: number): number {
    const [first, second] = [this.#u32At(at), this.#u32At(at + 4)];
    return this.littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  #u32At(at: number): number {
    return this.littleEndian ? this.#piece.readUInt32LE(at) : this.#piece.readUInt32BE(at);
  }

  /** Where in the piece the next `length` bytes are, which are passed. */
  *#take(length: number, what: string): Scan<number> {
    yield* this.#hold(length, what);
    const at = this.#at - this.#pieceStart;
    this.#at += length;
    return at;
  }

  *#hold(length: number, what: string): Scan<void> {
    const held = this.#pieceStart + this.#piece.length;
    if (this.#at >= this.#pieceStart && this.#at + length <= held) return;
    if (length > this.#fileSize - this.#at) throw this.#ended(what);
    const wanted = Math.min(Math.max(length, this.#nextPiece), this.#fileSize - this.#at);
    this.#read += wanted;
    if (this.#read > MOST_READ_BYTES) {
      throw badModel(`its header is longer than ${MOST_READ_BYTES} bytes`, this.#at);
    }
    this.#nextPiece = Math.min(this.#nextPiece * 2, LARGEST_PIECE);
    this.#piece = yield { offset: this.#at, length: wanted };
    this.#pieceStart = this.#at;
    if (this.#piece.length < length) throw this.#ended(what);
  }

  #ended(what: string): Error {
    return badModel(`it ends in ${what}: it is cut off, or no GGUF file`, this.#fileSize);
  }
}
