/** Grows as it is written to. Little-endian. */
export class ByteWriter {
  #buffer = Buffer.alloc(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#room(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
  }

  u64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
  }

  i64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigInt64LE(value, this.#length);
  }

  /** Seven bits a byte, lowest first, the eighth bit where more follow. Whole numbers up to 2^53 - 1. */
  varint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest > 127) {
      this.#length = this.#buffer.writeUInt8((rest % 128) + 128, this.#length);
      rest = Math.floor(rest / 128);
    }
    this.#length = this.#buffer.writeUInt8(rest, this.#length);
  }

  /** With its length in front. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#room(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + bytes));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
