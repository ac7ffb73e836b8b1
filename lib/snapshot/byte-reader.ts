import { badSnapshot } from './bad-snapshot.ts';

/** Reads what a ByteWriter wrote, and refuses everything else. Never past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  i64(): bigint {
    return this.#bytes.readBigInt64LE(this.#take(8));
  }

  /** A whole number up to `most`, written as short as it can be. */
  varint(name: string, most: number): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 8; index += 1) {
      const byte = this.u8();
      value += (byte % 128) * scale;
      scale *= 128;
      if (byte > 127) continue;
      if (byte === 0 && index > 0) break;
      if (!Number.isSafeInteger(value) || value > most) {
        throw badSnapshot(`${name} is ${value}, and may be no more than ${most}`);
      }
      return value;
    }
    throw badSnapshot(`${name} is written in a way that nobody writes a number in`);
  }

  /** A view: whoever keeps it keeps the whole body. */
  bytes(name: string, most: number): Buffer {
    const length = this.varint(`the length of ${name}`, most);
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(length: number): number {
    if (length > this.left) throw badSnapshot('its records end in the middle of one');
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
