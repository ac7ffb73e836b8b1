/** A stream of bytes cut into pieces that end where lines end. */

/** Longer lines are passed over: nothing that a server says of its start is that long. Bytes. */
export const MAX_LINE = 64 << 10;

/** How far back a line may look at the lines before it. Bytes; far below {@link MAX_LINE}. */
export const LOOK_BACK = 4 << 10;

const LF = 10;
const CR = 13;
const STEP = 256 << 10;

/**
 * Collects bytes until a line ends, in constant memory. A carriage return ends a line as well as a line feed does:
 * progress bars redraw themselves with it.
 */
export class Segments {
  readonly #held = Buffer.allocUnsafe(MAX_LINE);
  #length = 0;
  #tooLong = false;

  /** Whole lines with their ends, as latin1: every byte a character, so that bad UTF-8 can't do anything. */
  *push(bytes: Uint8Array): Generator<string> {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let from = 0; from < whole.length; from += STEP) {
      const step = whole.subarray(from, from + STEP);
      const end = Math.max(step.lastIndexOf(LF), step.lastIndexOf(CR)) + 1;
      if (end > 0) yield this.#take() + step.toString('latin1', 0, end);
      this.#hold(step.subarray(end));
    }
  }

  /** The last line, where it had no end. */
  end(): string {
    return this.#take();
  }

  #hold(bytes: Buffer): void {
    if (this.#length + bytes.length > MAX_LINE) {
      this.#tooLong = true;
      return;
    }
    if (!this.#tooLong) this.#length += bytes.copy(this.#held, this.#length);
  }

  #take(): string {
    // As wide as anybody looks back: what stood before a line that is too long is out of sight either way.
    const text = this.#tooLong ? ' '.repeat(MAX_LINE + 1) : this.#held.toString('latin1', 0, this.#length);
    this.#length = 0;
    this.#tooLong = false;
    return text;
  }
}
