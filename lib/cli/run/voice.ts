import { isatty } from 'node:tty';
import { type ByteSink, descriptorSink } from '../../launch/child/sink.ts';
import type { TerminalStream } from '../render/terminal.ts';

const LF = 0x0a;

/**
 * Our own lines on standard error, beside those of the server. Where they go through the same hands, ours wait for the
 * end of its line. Not through Node's stream: that would make what the server shares with us non-blocking.
 */
export class Voice {
  readonly #sink = descriptorSink(2);
  #waiting: string[] = [];
  #lineBegins = true;
  #queue: Promise<void> = Promise.resolve();
  #writing = 0;

  /** Where a stream of the server goes on to. */
  sinkFor(fd: 1 | 2): ByteSink {
    return fd === 1 ? descriptorSink(1) : { fd, write: (chunk) => this.#carry(chunk) };
  }

  /** What our lines are seen on. A terminal is opened anew by Node, so nothing that the server shares changes. */
  stream(): TerminalStream {
    return isatty(2) ? process.stderr : {};
  }

  say(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#waiting.push(lines.map((line) => `${line}\n`).join(''));
    if (this.#lineBegins) this.#flush();
  }

  /** Whether there is nothing of ours that waits or is being written. */
  get silent(): boolean {
    return this.#waiting.length === 0 && this.#writing === 0;
  }

  /** Resolves when what is being written by now is written. */
  rest(): Promise<void> {
    return this.#queue;
  }

  /** Whatever still waits, line or no line. */
  async end(): Promise<void> {
    this.#flush();
    await this.#queue;
  }

  #carry(chunk: Buffer): Promise<void> {
    const written = this.#queue.then(() => this.#sink.write(chunk));
    this.#queue = written.catch(() => {});
    this.#lineBegins = chunk.at(-1) === LF;
    if (this.#lineBegins) this.#flush();
    return written;
  }

  #flush(): void {
    const text = this.#waiting.splice(0).join('');
    // Nobody reads it any more: what we say isn't worth failing for.
    if (text === '') return;
    this.#writing += 1;
    this.#queue = this.#queue
      .then(() => this.#sink.write(Buffer.from(text)))
      .catch(() => {})
      .finally(() => {
        this.#writing -= 1;
      });
  }
}
